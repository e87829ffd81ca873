"""What staff say of words: synonyms, hot words, and products pinned or buried for a query."""
