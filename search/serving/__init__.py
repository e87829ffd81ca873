"""Which ads a page shows, decided in memory, and at which price."""
