"""How ads are found and chosen: memory and arithmetic, no clock, no database."""
