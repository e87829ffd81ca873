"""The public API: looking around, cart, purchases and orders as JSON, by the same services as the pages."""
