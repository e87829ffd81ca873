"""Pure rules of signals: who is who, what a query is, what a click is worth."""
