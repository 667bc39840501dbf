"""The routes of /rest/servicedeskapi."""
