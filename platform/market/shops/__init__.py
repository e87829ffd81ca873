"""The tenant: shops, domains, memberships, the schema pool, fleet migrations."""
