"""What needs a person now, and how the day goes."""
