"""One URL configuration for each kind of host."""
