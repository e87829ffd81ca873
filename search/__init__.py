"""What a visitor is shown."""
