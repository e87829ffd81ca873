"""One module per provider, all behind `contracts.Gateway`."""
