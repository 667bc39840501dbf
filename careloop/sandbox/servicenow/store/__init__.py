"""Rows as they lie in memory: tables and their columns, indices, and what the dictionary says of them."""
