"""The code of the guide: blocks that have a file name as their title."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from scripts.shared import ScriptError

GUIDE: Final = Path(__file__).resolve().parent.parent.parent / "docs" / "large-data.md"
_BLOCK: Final = re.compile(r'^```\{ \.\w+ title="([^"]+)" \}\n(.*?)^```$', re.DOTALL | re.MULTILINE)


def blocks() -> dict[str, str]:
    """Return the blocks by title."""
    return dict(_BLOCK.findall(GUIDE.read_text("utf-8")))


def block(title: str, *instead: tuple[str, str]) -> str:
    """Return a block, with another text in place of some that the guide shows how to replace.

    Raises:
        ScriptError: if there is no such block, or it does not have the text.
    """
    code = blocks().get(title)
    if code is None:
        message = f"{GUIDE.name} has no block with the title {title}"
        raise ScriptError(message)
    for old, new in instead:
        if old not in code:
            message = f"{title} in {GUIDE.name} does not have {old}"
            raise ScriptError(message)
        code = code.replace(old, new)
    return code
