"""What one shop charges for freight."""
