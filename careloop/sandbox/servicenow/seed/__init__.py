"""What is in an instance before anybody used it, from the files in `data`."""
