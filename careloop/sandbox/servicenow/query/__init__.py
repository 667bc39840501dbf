"""Encoded queries: text to conditions, to tests on the rows of a table, to the rows found."""
