"""Looking around: home, categories, search, products, shops. Reads listings only, never a shop's tables."""
