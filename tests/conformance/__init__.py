"""The decisions that keep gradients right, one small program each: every one makes a naive design go wrong."""
