"""What staff say of words: which mean the same, which are hot, and which products a query shows first or not at all."""
