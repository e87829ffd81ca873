"""Pure decisions of settlement: no Django, no clock, no database."""
