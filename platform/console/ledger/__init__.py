"""Looking into the books."""
