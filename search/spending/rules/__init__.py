"""Pure decisions of spending: no Django, no clock, no database."""
