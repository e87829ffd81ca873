"""Telling search what visitors do, without slowing a page and without a word about who they are."""
