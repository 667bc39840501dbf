"""Projects, and what belongs to one."""
