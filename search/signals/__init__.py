"""What people do with search: events for a while, counts of them for longer, nobody by name."""
