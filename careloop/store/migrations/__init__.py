"""Steps from each version of the tables to the next; they are never changed once released."""
