"""`make pictures`: the audit's report in a real browser, as pictures, judged by axe.

`--events FILE` takes any audit log; without it the demo's past is taken.
"""

import argparse
import shutil
import sys
from pathlib import Path

from pictures.browser import chromium, look
from pictures.reports import make_reports


def main() -> int:
    """Take every picture, print what is wrong, and exit with 1 when anything is."""
    parser = argparse.ArgumentParser(prog="make pictures", description=__doc__)
    parser.add_argument("--events", type=Path, help="an audit log, .csv or .csv.gz")
    parser.add_argument(
        "--out", type=Path, default=Path("dist/pictures"), help="the folder (default %(default)s)"
    )
    options = parser.parse_args()
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    faults = []
    with chromium() as browser:
        for name, page in make_reports(options.events):
            file = options.out.resolve() / f"{name}.html"
            file.write_text(page, encoding="utf-8")
            found = list(look(browser, file))
            faults += [f"{name}, {fault}" for fault in found]
            print(f"{name}: {'faults below' if found else 'axe finds nothing, nothing is loaded or cut off'}")
    print(f"pictures are in {options.out}")
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
