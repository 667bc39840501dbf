"""`make bench`: two runs of `careloop run` on a long history, `careloop audit`, the two pretend platforms.

`--events FILE` loads an audit log as the past that is run on; without it `--incidents` are made up.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from bench import audit, jira_sandbox, main_job, servicenow_sandbox


def main() -> int:
    """Measure, print, and exit with 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--events", type=Path, help="an audit log, .csv or .csv.gz")
    parser.add_argument(
        "--incidents", type=int, default=10_000, help="how many, without a log (default 10000)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        job = main_job.measure(Path(folder), options.events, options.incidents)
    exports = audit.measure(options.events)
    platforms = (
        servicenow_sandbox.measure(incidents=1_000_000, pages=100),
        jira_sandbox.measure(issues=200_000, pages=500),
    )
    return max(job, exports, *platforms)


if __name__ == "__main__":
    sys.exit(main())
