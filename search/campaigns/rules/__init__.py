"""Pure decisions of campaigns."""
