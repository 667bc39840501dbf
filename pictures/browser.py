"""A page in the system's Chromium: pictures wide, narrow, dark and in print, and what is wrong with it."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = "{what} is missing; on Debian: apt-get install chromium poppler-utils"
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"
HIDDEN = (
    "[...document.querySelectorAll('details p, details td')].filter(one => !one.checkVisibility()).length"
)


@dataclass(frozen=True, slots=True)
class View:
    """How wide and high a window is, in CSS pixels, and the colours that its reader prefers."""

    name: str
    width: int
    height: int
    colours: Literal["light", "dark"] = "light"


WIDE = View("wide", 1280, 900)
VIEWS = (WIDE, View("narrow", 360, 740), View("dark", 1280, 900, "dark"))


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the Chromium that the system has; ends the program with a word on what to install."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        raise SystemExit(MISSING.format(what="Chromium"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


def look(browser: Browser, file: Path) -> Iterator[str]:
    """Write pictures of an HTML file beside it, and yield what is wrong with it."""
    for view in VIEWS:
        with _shown(browser, file, view) as (page, requests):
            page.screenshot(path=file.with_name(f"{file.stem}-{view.name}-first.png"))
            page.screenshot(path=file.with_name(f"{file.stem}-{view.name}.png"), full_page=True)
            yield from (f"{view.name}: {fault}" for fault in _judge(page))
            yield from (f"{view.name}: asks for {url}" for url in requests if url != file.as_uri())
    with _shown(browser, file, WIDE) as (page, _):
        yield from (f"print: {fault}" for fault in _print(page, file))


@contextmanager
def _shown(browser: Browser, file: Path, view: View) -> Iterator[tuple[Page, list[str]]]:
    """Show a file in a window, and note what it asks for."""
    requests: list[str] = []
    page = browser.new_page(viewport={"width": view.width, "height": view.height}, color_scheme=view.colours)
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    yield page, requests
    page.close()


def _judge(page: Page) -> Iterator[str]:
    """Yield what axe finds, with everything folded and unfolded, and whether the page is too wide."""
    for fold in ("folded", "unfolded"):
        if fold == "unfolded":
            page.evaluate(OPEN)
        if page.evaluate(OVERFLOWS):
            yield f"{fold}: wider than its window"
        found = Axe().run(page)
        if found.violations_count:
            yield f"{fold}: {found.generate_report()}"


def _print(page: Page, file: Path) -> Iterator[str]:
    """Write a page as PDF and as one picture for each sheet, and yield whether print hides something."""
    page.emulate_media(media="print")
    if hidden := page.evaluate(HIDDEN):
        yield f"{hidden} paragraphs or cells are hidden"
    pdf = file.with_suffix(".pdf")
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=False)
    pdftoppm = shutil.which("pdftoppm")
    if pdftoppm is None:
        raise SystemExit(MISSING.format(what="pdftoppm"))
    subprocess.run([pdftoppm, "-png", "-r", "80", pdf, file.with_name(f"{file.stem}-print")], check=True)
