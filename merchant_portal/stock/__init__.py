"""What lies in the warehouses, and the log of it."""
