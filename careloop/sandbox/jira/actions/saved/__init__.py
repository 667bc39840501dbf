"""What people keep and share."""
