"""What the platform would mail: notifications about incidents."""

from dataclasses import dataclass
from datetime import datetime

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.rules.incident import RESOLVED
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

SENDER = "servicedesk@example.com"


@dataclass(frozen=True)
class Mail:
    """One mail to one person, about one record."""

    sent_at: datetime
    to: str
    subject: str
    body: str
    table: str
    sys_id: str
    sender: str = SENDER


class Notifications:
    """Writes to the caller on resolution and on public comments by others; sent mails end up in `outbox`.

    Property `glide.email.smtp.active` turns them off. Nobody is mailed about what they did themselves, and
    neither are inactive users, those without an address and those who turned notifications off.
    """

    def __init__(self, db: Database, properties: Properties, outbox: list[Mail]) -> None:
        self._db = db
        self._properties = properties
        self._outbox = outbox

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Send what a stored change calls for: one mail at most."""
        resolved = draft.changes_to("state", RESOLVED)
        comment = draft.entries.get("comments", "")
        address = self._address(draft["caller_id"], session)
        if not address or not (resolved or (comment and not draft.is_new)):
            return
        number, title = draft["number"], draft["short_description"]
        if resolved:
            subject = f"Incident {number} has been resolved"
            body = f"{title}\n\nResolution: {draft['close_notes']}\n\n{comment}".rstrip()
        else:
            subject, body = f"Incident {number} - comments added", f"{title}\n\n{comment}"
        self._send(row, address, subject, body, session)

    def _address(self, sys_id: str, session: Session) -> str:
        row = self._db.find("sys_user", sys_id)
        if not row or sys_id == session.user.sys_id or not self._properties.flag("glide.email.smtp.active"):
            return ""
        table, slot = row
        wanted = table.value(slot, "active") == "true" and table.value(slot, "notification") != "1"
        return table.value(slot, "email") if wanted else ""

    def _send(self, row: Row, address: str, subject: str, body: str, session: Session) -> None:
        table, slot = row
        sys_id = table.value(slot, "sys_id")
        self._outbox.append(Mail(session.now, address, subject, body, table.name, sys_id))
        self._db.insert(
            "sys_email",
            {
                "type": "sent",
                "state": "processed",
                "mailbox": "sent",
                "subject": subject,
                "recipients": address,
                "body": body,
                "body_text": body,
                "target_table": table.name,
                "instance": sys_id,
                "sys_created_on": session.stamp,
                "sys_created_by": "system",
                "sys_updated_on": session.stamp,
                "sys_updated_by": "system",
                "sys_mod_count": "0",
            },
        )
