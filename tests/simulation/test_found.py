"""What random days once broke, as the shortest days that show it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.organisation import draw_organisation
from tests.simulation.run import Run

ACTING = next(seed for seed in range(100) if draw_organisation(seed).mode == "act")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path, ACTING)
    yield run
    run.close()


def test_a_repeat_is_judged_anew_when_what_it_repeats_is_opened_again(run: Run) -> None:
    for line in (
        "lena.moreau reports network/vpn 'The VPN drops every hour'",
        "paul.adeyemi takes INC0010001",
        "paul.adeyemi resolves INC0010001 'Solution provided' 'Renewed the profile.'",
        "wait 3600",
        "lena.moreau reports network/vpn 'The VPN drops every hour, again'",
        "lena.moreau says INC0010001 'Not yet'",
        "cycle",
        "paul.adeyemi resolves INC0010001 'Solution provided' 'Renewed the profile.'",
        "cycle",
    ):
        run.play(line)
