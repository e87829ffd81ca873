"""A person becomes a merchant: the page on the market host that opens a shop."""
