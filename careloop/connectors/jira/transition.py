"""Moving an issue to a status, with the fields and comments that belong to the move."""

from typing import Any

from careloop.connectors.jira.comments import compose, find_ours
from careloop.connectors.jira.fields import same
from careloop.connectors.jira.receipt import after_writing
from careloop.connectors.jira.site import Site
from careloop.connectors.jira.workflow import (
    Step,
    carries_comment,
    equal,
    fill_screen,
    locate,
    next_step,
)
from careloop.errors import Refused, TryAgain
from careloop.model.change import Transition
from careloop.model.comment import Audience
from careloop.model.record import RecordKind

Texts = list[tuple[Audience, str]]


class Move:
    """One Transition being carried out; done again after a part of it arrived, it does the rest.

    What no screen takes along is written before the last transition: who finds the issue at its target may
    then rely on the rest being there, and who does not will plan the move again, which says nothing twice.
    """

    def __init__(self, site: Site, change: Transition) -> None:
        self._site = site
        self._change = change
        self._place = locate(site, change.subject.id)
        self._kind = site.kind(self._place.project)
        self._fields = dict(change.fields)
        self._texts: Texts = [
            (audience, text)
            for audience, text in ((Audience.INTERNAL, change.note), (Audience.PUBLIC, change.message))
            if text
        ]
        self._wrote = False

    def carry_out(self) -> None:
        """Make every transition on the way, and write what belongs to the move."""
        try:
            self._texts = self._unsaid() if self._texts else []
            self._walk()
            self._write_rest()
        except TryAgain:
            if self._wrote:
                with after_writing(f"{self._site.name}: {self._place.key}"):
                    raise
            raise
        except Refused as error:
            if self._wrote:
                raise Refused(f"{error}; {self._place.key} stands at {self._place.status}") from error
            raise

    @property
    def _arrived(self) -> bool:
        return equal(self._place.status, self._change.native)

    def _unsaid(self) -> Texts:
        found = find_ours(self._site, self._place.id, self._change.key)
        said = [comment["body"] for comment in found]
        return [text for text in self._texts if not any(same(self._compose(*text)["body"], s) for s in said)]

    def _walk(self) -> None:
        """Make one transition after the other; each is a step on a shortest way, so the walk ends."""
        while not self._arrived:
            step = next_step(self._site, self._place, self._change.native)
            self._make(step)
            self._place = self._place.after(step)

    def _make(self, step: Step) -> None:
        """Make one transition; the last takes everything along that its screen has room for."""
        is_last = equal(step["to"]["name"], self._change.native)
        fields = fill_screen(self._site, self._place, step, self._fields if is_last else {})
        body: dict[str, Any] = {"transition": {"id": step["id"]}, "fields": fields}
        if is_last:
            fitting = self._fitting(step)
            if fitting:
                body["update"] = {"comment": [{"add": self._compose(*text)} for text in fitting]}
            self._texts = [text for text in self._texts if text not in fitting]
            ids = self._site.fields.known(self._fields)
            self._fields = {name: text for name, text in self._fields.items() if ids[name] not in fields}
            self._write_rest()
        self._post("transitions", body)

    def _fitting(self, step: Step) -> Texts:
        """Return the texts that go with a transition.

        A note on a customer's request does not: no document says that its audience holds on that way.
        """
        if not carries_comment(step):
            return []
        is_desk = self._kind is RecordKind.SERVICE_REQUEST
        return [text for text in self._texts if not is_desk or text[0] is Audience.PUBLIC]

    def _write_rest(self) -> None:
        rest = dict(self._site.fields.encode(name, text) for name, text in self._fields.items())
        rest.pop("resolution", None)  # only a screen or the workflow itself sets it; the read-back tells
        if rest:
            self._site.client.put(f"issue/{self._place.id}", {"fields": rest})
            self._wrote = True
        for text in self._texts:
            self._post("comment", self._compose(*text))
        self._fields, self._texts = {}, []

    def _compose(self, audience: Audience, text: str) -> dict[str, Any]:
        return compose(text, audience, self._kind, self._change.key)

    def _post(self, what: str, body: dict[str, Any]) -> None:
        self._site.client.post(f"issue/{self._place.id}/{what}", body)
        self._wrote = True
