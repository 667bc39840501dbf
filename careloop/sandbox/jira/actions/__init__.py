"""What people and programs do with issues, whichever way it arrives."""
