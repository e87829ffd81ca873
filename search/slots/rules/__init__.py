"""Pure decisions of slots: when lots run, and which parts of them were delivered."""
