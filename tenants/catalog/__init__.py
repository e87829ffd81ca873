"""Products, options, variants and pictures of one shop."""
