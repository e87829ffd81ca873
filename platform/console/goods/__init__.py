"""Goods: taking a product of any shop off the market, and letting it back."""
