"""Orders of the shop: read, sent, delivered, given back."""
