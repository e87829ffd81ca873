"""Pure decisions of the wallets: no Django, no clock, no database."""
