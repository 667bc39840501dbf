"""What administrators set up for the whole site."""
