"""Jira's query language: text to tokens, to a tree, to a test for issues and an order for them."""
