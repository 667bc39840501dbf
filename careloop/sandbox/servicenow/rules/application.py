"""Applications that ask for tokens get an id and a secret where they bring none.

Source: ServiceNow docs configure-an-oauth-jwt-bearer-grant.md.
"""

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database


class ApplicationRules:
    """Rules of table oauth_entity and what extends it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def before(self, draft: Draft, session: Session) -> None:
        """Complete a new application."""
        for name in ("client_id", "client_secret"):
            if draft.is_new and not draft[name]:
                draft[name] = self._db.new_id(f"oauth_entity.{name}")
