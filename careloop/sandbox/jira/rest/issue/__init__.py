"""Issues, and what hangs on them."""
