"""Uploads, renditions, private files."""
