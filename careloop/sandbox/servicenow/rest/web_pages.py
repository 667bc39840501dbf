"""Pages for people, where a program expected data."""

from html import escape

from starlette.responses import HTMLResponse


def page(status: int, title: str, text: str) -> HTMLResponse:
    """Return a page with a heading and one paragraph."""
    head = f"<!DOCTYPE html>\n<html><head><title>{escape(title)}</title></head>"
    return HTMLResponse(f"{head}<body><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>\n", status)
