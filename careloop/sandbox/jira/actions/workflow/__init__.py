"""Workflows: what they are made of, and the rules that they play."""
