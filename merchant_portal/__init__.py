"""The face for merchants: pages and the merchant API."""
