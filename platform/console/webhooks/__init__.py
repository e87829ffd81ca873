"""Providers' messages, believed and refused."""
