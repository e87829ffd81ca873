"""Elasticsearch, where one machine is outgrown. Any Elasticsearch 8 will do: no scripts, no plugins."""
