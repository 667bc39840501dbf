"""How fast the main job runs, measured on whole processes."""
