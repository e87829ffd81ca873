"""What merchants want advertised: campaigns, groups, words with bids, creatives and their review."""
