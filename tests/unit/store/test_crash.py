"""What is left of a process that dies at the worst moment."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from careloop.store import open_store
from careloop.testing.examples import MONDAY, incident, make_contact

DIE = """
import os, sys
from careloop.store import open_store
from careloop.store.lock import run_lock
from careloop.testing.examples import MONDAY, incident, make_contact, make_event, make_intent, make_record
from careloop.testing.outbox_contract import BUDGET

with run_lock(sys.argv[1]):
    store = open_store(sys.argv[1], installation="here")
    store.save_records([make_record(incident("1"))])
    contact = make_contact("p1", [incident("1")], "c")
    store.begin(make_intent(contact), BUDGET, contact)
    with store.transaction():
        store.append([make_event(incident("1"), "a")], MONDAY)
        store.forget(contact.key)
        os._exit(9)
"""


def test_a_process_that_dies_leaves_its_intents_and_nothing_half_done(tmp_path: Path) -> None:
    path = tmp_path / "careloop.db"
    ended = subprocess.run(
        [sys.executable, "-c", DIE, str(path)], check=False, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (9, "")

    with closing(open_store(path, installation="here")) as store:
        [intent] = store.intents("sent")
        assert intent.change == make_contact("p1", [incident("1")], "c")
        assert intent.sent_at == MONDAY
        assert len(store.contacts_of(["p1"])["p1"]) == 1
        assert store.count_events() == 0


def test_the_lock_of_a_process_that_died_is_free(tmp_path: Path) -> None:
    path = str(tmp_path / "careloop.db")
    for _ in range(2):
        ended = subprocess.run([sys.executable, "-c", DIE, path], check=False, capture_output=True, text=True)
        assert (ended.returncode, ended.stderr) == (9, "")
