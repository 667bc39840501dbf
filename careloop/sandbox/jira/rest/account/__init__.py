"""Accounts and groups, what they may do and what they like."""
