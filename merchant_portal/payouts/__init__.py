"""A shop has its money paid out, and says where to."""
