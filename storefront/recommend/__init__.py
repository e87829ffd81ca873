"""Shelves beside what was asked for: what goes with a product, with a cart, and what fits a person."""
