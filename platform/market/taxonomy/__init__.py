"""The platform's category tree, brands and the parameters of a category."""
