"""What the platform would mail: notifications as the rows of `sysevent_email_action` describe them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.rules.conditions import Matches, meets
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

SENDER = "servicedesk@example.com"

_WORD = re.compile(r"\$\{(\w+)\}")


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
    """Sends what active notifications demand; sent mails end up in `outbox` and as rows of `sys_email`.

    Property `glide.email.smtp.active` turns them off. Nobody is mailed about what they did themselves (unless
    the notification says so), and neither are inactive users, those without an address and those who turned
    notifications off. Of several about one record a person gets the one of the greatest weight; weight 0 is
    always sent. Source: ServiceNow docs c_EmailNotifications.md. Left out: templates, scripts, digests.
    """

    def __init__(self, db: Database, properties: Properties, matches: Matches, outbox: list[Mail]) -> None:
        self._db = db
        self._properties = properties
        self._matches = matches
        self._outbox = outbox

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Send what a stored change calls for."""
        if not self._properties.flag("glide.email.smtp.active"):
            return
        told: set[str] = set()
        for action in self._due(row, draft, session):
            for sys_id in self._recipients(action, draft, session):
                if sys_id in told and action["weight"] != "0":
                    continue
                told.add(sys_id)
                self._send(row, action, sys_id, draft, session)

    def _due(self, row: Row, draft: Draft, session: Session) -> list[dict[str, str]]:
        when = "action_insert" if draft.is_new else "action_update"
        actions = [
            table.row(slot)
            for table, slot in self._db.where(
                "sysevent_email_action", collection=draft.type.name, active="true", **{when: "true"}
            )
        ]
        due = [one for one in actions if meets(row, draft, one["condition"], session, self._matches)]
        return sorted(due, key=lambda one: -int(one["weight"] or 0))

    def _recipients(self, action: dict[str, str], draft: Draft, session: Session) -> Iterator[str]:
        fields = [draft[name] for name in action["recipient_fields"].split(",") if name]
        ids = ",".join([*fields, action["recipient_users"]]).split(",")
        for sys_id in dict.fromkeys(ids):
            if sys_id and (sys_id != session.user.sys_id or action["send_self"] == "true"):
                yield sys_id

    def _address(self, sys_id: str) -> str:
        row = self._db.find("sys_user", sys_id)
        if not row:
            return ""
        table, slot = row
        wanted = table.value(slot, "active") == "true" and table.value(slot, "notification") != "1"
        return table.value(slot, "email") if wanted else ""

    def _send(self, row: Row, action: dict[str, str], user: str, draft: Draft, session: Session) -> None:
        address = self._address(user)
        if not address:
            return
        table, slot = row
        sys_id = table.value(slot, "sys_id")
        subject, body = (_fill(action[part], draft) for part in ("subject", "message_text"))
        self._outbox.append(Mail(session.now, address, subject, body, table.name, sys_id))
        self._db.insert(
            "sys_email",
            {
                "type": "sent",
                "state": "processed",
                "mailbox": "sent",
                "subject": subject,
                "recipients": address,
                "user_id": user,
                "body": body,
                "body_text": body,
                "content_type": "multipart/mixed",
                "notification": action["sys_id"],
                "target_table": table.name,
                "instance": sys_id,
                "sys_domain": "global",
                "sys_created_on": session.stamp,
                "sys_created_by": "system",
                "sys_updated_on": session.stamp,
                "sys_updated_by": "system",
                "sys_mod_count": "0",
            },
        )


def _fill(text: str, draft: Draft) -> str:
    """Put in `${column}` the stored value or, for a journal, what has just been written."""
    return _WORD.sub(lambda found: draft.entries.get(found[1]) or draft[found[1]], text).rstrip()
