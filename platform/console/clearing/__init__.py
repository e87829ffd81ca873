"""What has not cleared and why, and what shops owe us."""
