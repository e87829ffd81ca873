"""Checkout and cashier: from the ticked lines to a paid purchase."""
