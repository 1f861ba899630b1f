"""Take the picture of the documentation in docs/index.md, from the built site on disk, with headless Chromium.

Usage: take_screenshot.py [SITE]

SITE is where `mkdocs build` put the documentation, `site` by default. Chromium is Debian's package of that name.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

_ROOT = Path(__file__).resolve().parent.parent
_PAGE = "rules/pairing/tool-use-without-result/index.html"
_TARGET = _ROOT / "docs" / "images" / "rule-page.png"
_COLOURS = 96
_LARGEST = 200_000


def main(site: str = "site") -> None:
    """Write the picture; fails where there is no browser or no site."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    page = Path(site, _PAGE).resolve()
    if browser is None or not page.is_file():
        sys.exit("there is no chromium" if browser is None else f"there is no {page}; run `mkdocs build` first")
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder, "shot.png")
        subprocess.run(  # noqa: S603 - the browser that was found
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={folder}/profile",
                "--virtual-time-budget=4000",
                "--window-size=1280,1490",
                f"--screenshot={shot}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        _TARGET.parent.mkdir(exist_ok=True)
        Image.open(shot).convert("RGB").quantize(_COLOURS).save(_TARGET, optimize=True)
    size = _TARGET.stat().st_size
    sys.stdout.write(f"{_TARGET.relative_to(_ROOT)}: {size:,} bytes\n")
    if size > _LARGEST:
        sys.exit("that is too large for a page")


if __name__ == "__main__":
    main(*sys.argv[1:])
