"""The demo marketplace: shops, people and goods of our own invention, and pictures drawn by this package."""
