"""Pure decisions about what belongs together and what is chosen. No Django, no clock, no database."""
