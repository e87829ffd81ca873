"""Advertisers for staff: what each spends and has, limits, stops, campaigns."""
