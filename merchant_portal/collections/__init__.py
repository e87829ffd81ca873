"""The shop's own lists: rules of its goods that fill themselves."""
