"""The domain: frozen values and pure functions over them, on the standard library alone."""
