"""What the rule table is tested with: see `cases`."""
