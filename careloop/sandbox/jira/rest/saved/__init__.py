"""What people keep and share: filters and dashboards."""
