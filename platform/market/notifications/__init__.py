"""What is sent to people, and on which channel."""
