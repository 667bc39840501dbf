"""The addresses of the site and what answers at them."""
