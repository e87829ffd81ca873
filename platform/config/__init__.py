"""The assembled project."""
