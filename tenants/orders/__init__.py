"""Orders, their lines, parcels and log in one shop."""
