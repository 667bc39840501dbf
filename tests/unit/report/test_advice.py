"""Whoever has to act is told what to do."""

import ast
from pathlib import Path

import careloop.policies
from careloop.model.decision import Finding
from careloop.report.advice import ADVICE, advise
from tests.unit.policies.incident import INC

POLICIES = Path(careloop.policies.__file__).parent
GUIDE = Path(__file__).parents[3] / "docs/how-to/handle-letters-and-conflicts.md"


def finding(what: str, *, waits: bool = True) -> Finding:
    return Finding(record=INC, rule="r", what=what, cause="c", reason="", content="INC0008", waits=waits)


def test_advice_names_the_record_and_what_was_found() -> None:
    said = advise(finding("shadow_reopen"), "INC0009")
    assert "careloop link INC0008 INC0009" in said
    assert "--separate" in said


def test_where_nobody_has_to_act_there_is_nothing_to_advise() -> None:
    assert advise(finding("shadow_reopen", waits=False), "INC0009") == ""


def test_the_finding_of_somebody_elses_policy_speaks_for_itself() -> None:
    assert advise(finding("too_many_hand_offs"), "INC0009") == ""


def test_every_advice_is_about_a_finding_that_a_policy_makes() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in POLICIES.glob("*.py")]
    words = {
        node.value for tree in trees for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }  # fmt: skip

    assert set(ADVICE) <= words


def test_the_guide_speaks_of_every_finding_that_waits() -> None:
    guide = GUIDE.read_text(encoding="utf-8").replace("-", " ")
    told = {what.replace("_", " ").removeprefix("missing ") for what in ADVICE} - {"unconfirmed closing"}

    assert {what for what in told if what not in guide} == set()
