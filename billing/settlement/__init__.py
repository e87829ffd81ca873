"""Release of a sale to its shop: commission, split, remittance."""
