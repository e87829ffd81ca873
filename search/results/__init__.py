"""What is shown beside what was asked for: goods that belong together, goods like these, goods for one person."""
