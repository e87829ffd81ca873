"""Cart, quote, purchase and its share per shop."""
