"""What Service Management does on top of the platform, apart from how it arrives."""
