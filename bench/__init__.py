"""How fast the main job and the sandbox run, measured on whole processes: one module a measurement."""
