"""A shop's money: balance, movements, statements, what orders earned, files of it."""
