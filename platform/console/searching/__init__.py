"""How search stands and what people ask it."""
