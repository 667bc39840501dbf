"""Pictures of what careloop shows people, taken in a real browser and judged by axe."""
