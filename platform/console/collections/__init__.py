"""The platform's lists: rules of goods that fill themselves."""
