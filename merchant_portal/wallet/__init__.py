"""The shop's advertising balance: topping up, what came and went, invoices."""
