"""The code of the how-to pages, which show it word for word."""
