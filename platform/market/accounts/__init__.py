"""Users, identities, addresses, sign-in."""
