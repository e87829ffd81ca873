"""Purchases over all shops."""
