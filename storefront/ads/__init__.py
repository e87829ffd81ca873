"""Advertising on shoppers' pages: labelled, counted, and never slower than the page."""
