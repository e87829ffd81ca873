"""The face for shoppers: pages and the public API."""
