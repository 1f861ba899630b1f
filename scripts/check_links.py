"""Check the built documentation: every link leads to a file and a place in it, and nothing is fetched from elsewhere.

Usage: check_links.py SITE
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_MOST_SHOWN = 20
_NOT_FOUND = "404.html"
"""Served at any address, so its links begin at the root of the server."""


class _Page(HTMLParser):
    """What a page links to and can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a tag's id, and of where it leads."""
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (name == "name" and tag == "a"):
                self.ids.add(value)
            elif name in {"href", "src"}:
                (self.links if tag == "a" else self.fetched).append(value)


def problems(site: Path) -> list[str]:
    """Return what is wrong with the links of a built site, a line for each."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html")) if path.name != _NOT_FOUND}
    found = []
    for path, page in pages.items():
        name = path.relative_to(site)
        found += [f"{name}: {url} is fetched from elsewhere" for url in page.fetched if urlsplit(url).netloc]
        for url in {*page.links, *page.fetched}:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                found.append(f"{name}: {url} leads nowhere")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
                found.append(f"{name}: {url} names a place that is not there")
    return found


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page


def main(site: str) -> None:
    """Fail with what is wrong."""
    found = problems(Path(site).resolve())
    if found:
        more = [f"and {len(found) - _MOST_SHOWN} more"] if len(found) > _MOST_SHOWN else []
        sys.exit("\n".join([*found[:_MOST_SHOWN], *more]))
    sys.stdout.write(f"{len(list(Path(site).rglob('*.html')))} pages, every link leads somewhere\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
