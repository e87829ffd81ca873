"""Money that comes in from outside: carriers' cash and providers' payments; releases."""
