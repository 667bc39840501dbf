"""Business rules, one module a family of tables; the engine says which run when."""
