"""Stored results: one JSON file a table, each made by the one command that it names."""
