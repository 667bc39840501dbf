"""The served sandbox carries messages to a receiver on this machine."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import orjson
import requests

from careloop.sandbox.courier import send
from careloop.sandbox.server import running
from careloop.sandbox.world import Sandbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
Got = queue.Queue[tuple[dict[str, str], dict[str, Any]]]


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, Got]]:
    """Listen on this machine; answer with these statuses in turn, then 200."""
    got: Got = queue.Queue()
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(left.pop(0) if left else 200)
            self.end_headers()
            got.put((dict(self.headers), orjson.loads(body)))

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/inbox", got
        finally:
            server.shutdown()
            thread.join()


def test_a_message_arrives_by_itself_and_again_after_a_refusal_and_some_time() -> None:
    sandbox = Sandbox(START)
    with receiver(503) as (inbox, got), running(sandbox) as addresses:
        jira = addresses["jira"]
        admin, bot = ("admin@example.com", "admin-token"), (jira["email"], jira["token"])
        asked = {"name": "Ours", "url": inbox, "events": ["jira:issue_created"], "secret": "hush"}
        made = requests.post(f"{jira['url']}/rest/webhooks/1.0/webhook", json=asked, auth=admin, timeout=5)
        assert made.status_code == 201
        fields: dict[str, Any] = {
            "project": {"key": "ENG"},
            "issuetype": {"name": "Bug"},
            "summary": "Printer jams",
        }
        requests.post(f"{jira['url']}/rest/api/2/issue", json={"fields": fields}, auth=bot, timeout=5)
        first, body = got.get(timeout=5)
        assert body["issue"]["fields"]["summary"] == "Printer jams"
        assert body["issue"]["self"].startswith(jira["url"])
        assert first["X-Hub-Signature"].startswith("sha256=")
        requests.post(f"{jira['control']}/clock", json={"advance_seconds": 60}, timeout=5)
        second, _ = got.get(timeout=5)
        assert second["X-Atlassian-Webhook-Retry"] == "1"
        name = "X-Atlassian-Webhook-Identifier"
        assert first[name] == second[name]


def test_a_receiver_that_is_not_there_counts_as_no_answer() -> None:
    with receiver() as (inbox, _):
        pass
    assert send(inbox, b"{}", {}) is None
