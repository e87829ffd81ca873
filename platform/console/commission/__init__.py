"""What sales pay us: rules in order, their versions, and what is agreed with single shops."""
