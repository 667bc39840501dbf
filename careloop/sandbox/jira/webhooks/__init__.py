"""Telling others what happened: who wants to know, what they are sent, and what becomes of it."""
