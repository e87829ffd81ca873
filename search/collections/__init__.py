"""Lists that staff and merchants define by a rule, and that fill themselves: new, hot, under ¥100, of a tag."""
