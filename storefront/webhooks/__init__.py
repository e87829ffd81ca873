"""Where providers tell us what happened."""
