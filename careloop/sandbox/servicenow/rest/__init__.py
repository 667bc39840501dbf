"""Everything between HTTP and the table engine: one module an API, `application.py` in front of them."""
