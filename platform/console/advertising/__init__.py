"""What advertising earns, and its auctions, for staff."""
