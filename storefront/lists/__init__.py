"""Lists by rule: their pages on the market and on a shop's own host, and their first goods on front pages."""
