"""Money, currencies, rounding, splitting. No tables."""
