"""Warehouses, stock levels, movements and holds of one shop."""
