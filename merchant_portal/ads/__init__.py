"""Advertising: campaigns, their words and bids, pictures of the shop's own."""
