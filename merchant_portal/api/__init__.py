"""The merchant API: goods, stock and orders of one shop as JSON, by the same services as the portal's pages."""
