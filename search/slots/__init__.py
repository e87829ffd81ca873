"""Fixed places and when they are sold: slots, lots, sealed bids, delivery."""
