"""The list of goods: tabs, search, filters, changes to many at once, export."""
