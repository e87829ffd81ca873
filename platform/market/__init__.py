"""The ground floor of the public schema: knows no order and no money flow."""
