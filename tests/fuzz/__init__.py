"""Random programs over the accepted language, and a shrinker for the ones that fail."""
