"""A shopper's orders: the list by state, and one order whole."""
