"""Each shop's own schema."""
