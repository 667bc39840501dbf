"""However people work and however late the index is, the last version of every issue arrives."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careloop.testing.connector_contract import snapshots, walk
from tests.contract.jira_platform import JiraPlatform

doings = st.one_of(
    st.tuples(st.just("open"), st.integers(0, 9)),
    st.tuples(st.just("rename"), st.integers(0, 9)),
    st.tuples(st.just("lag"), st.sampled_from([0, 45, 299])),
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 120, 1000])),
    st.tuples(st.just("walk"), st.just(0)),
    st.tuples(st.just("walk"), st.just(0)),
)


@pytest.mark.parametrize("flavor", ["cloud", "dc"])
@given(st.lists(doings, max_size=40), st.integers(1, 4))
@settings(max_examples=60)
def test_the_last_version_of_every_issue_arrives(
    flavor: Literal["cloud", "dc"], doings: Sequence[tuple[str, int]], page_size: int
) -> None:
    platform = JiraPlatform("ENG", flavor=flavor, page_size=page_size)
    refs, cursor = [], ""
    held: dict[str, str] = {}

    def pull() -> None:
        nonlocal cursor
        pages = walk(platform, cursor)
        cursor = pages[-1].cursor
        for snapshot in snapshots(pages):
            held[snapshot.record.ref.id] = snapshot.record.title

    for step, (doing, number) in enumerate(doings):
        if doing == "open":
            refs.append(platform.open_record(f"Opened {step}"))
        elif doing == "rename" and refs:
            platform.rename(refs[number % len(refs)], f"Renamed {step}")
        elif doing == "lag":
            platform.site.switches.search_lag = timedelta(seconds=number)
        elif doing == "wait":
            platform.clock.sleep(number)
        elif doing == "walk":
            pull()
    platform.clock.sleep(299)
    pull()

    admin = platform.site.act("admin")
    assert held == {ref.id: admin.get(ref.id)["fields"]["summary"] for ref in refs}
