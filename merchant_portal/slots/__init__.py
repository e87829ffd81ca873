"""Fixed places: which are for sale, the shop's sealed bids, and what became of them."""
