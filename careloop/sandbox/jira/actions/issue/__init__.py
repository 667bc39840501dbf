"""What is done to issues, and what follows from it."""
