"""Find phrases that are not plain English in docstrings, comments, option help and the guides, and say what to write.

    python scripts/check_prose.py              lists each phrase with its place and a replacement
    python scripts/check_prose.py --count      counts them for each folder

Text in backticks or quotes is left out, because it is code or somebody else's words.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tokenize
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT: Final = Path(__file__).resolve().parent.parent

PHRASES: Final = (
    (r"from which on", "starting at, since"),
    (r"(?<!not )so many(?! that)", "N, or the name of the parameter"),
    (r"in vain", "unused, without effect"),
    (r"(?:has|have|had) a say", "applies"),
    (r"(?:what|whatever) stands|stands? around", "the name of the thing: the setup, the text around it"),
    (r"surely", "certainly, or nothing"),
    (r"mostly", "usually"),
    (r"(?:is|are|was|were) none of", "is not, is not one of"),
    (r"(?<!there )(?<!where )(?:is|are) no (?!longer|more than|less than|fewer)", "is not a, is not"),
    (r"(?:is|are) nothing but", "is only"),
    (r"mend(?:s|ed|ing)?", "fix"),
    (r"silenc(?:e|es|ed|ing)", "suppress"),
    (r"(?:is|are) told(?! apart)", "is reported, is given"),
    (r"sp(?:eaks?|oke) of", "is about, names, reports"),
    (r"nothing is said", "is not reported, is skipped"),
    (r"slips? of the finger", "typo"),
    (r"(?:is|are|stands?) there twice", "is listed twice"),
)
"""Phrases, as regular expressions that match whole words, each with what to write in its place."""
_PHRASES: Final = tuple((re.compile(rf"\b(?:{phrase})\b", re.IGNORECASE), instead) for phrase, instead in PHRASES)

SOURCES: Final = ("validator", "scripts", "benchmarks", "tests", "cli.py")
_DATA: Final = ROOT / "tests" / "data"
"""Files that tests read; some are broken on purpose."""
GUIDES: Final = ("README.md", "CONTRIBUTING.md", "docs")
_OPTIONS: Final = ("validator/cli/", "validator/config/")
"""Where arguments called `help` are those of options; elsewhere they belong to findings."""
_HELP: Final = frozenset({"help", "epilog"})
_QUOTED: Final = re.compile(r"``.+?``|`[^`]*`|\"[^\"]*\"|“[^”]*”", re.DOTALL)
_FENCED: Final = re.compile(r"^ *(`{3,}|~{3,}).*?^ *\1", re.DOTALL | re.MULTILINE)
_SELF: Final = "scripts/check_prose.py"


class Hit(NamedTuple):
    """A phrase that was found."""

    file: str
    line: int
    phrase: str
    instead: str


def main() -> int:
    """Print what was found; return 1 if there is anything."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", action="store_true", help="count the phrases for each folder")
    hits = list(found_in_project())
    if parser.parse_args().count:
        counts = Counter("/".join(hit.file.split("/")[:2]) for hit in hits)
        lines = [f"{number:5}  {folder}" for folder, number in sorted(counts.items())]
    else:
        lines = [f"{hit.file}:{hit.line}: {hit.phrase!r}: write {hit.instead}" for hit in hits]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return int(bool(hits))


def found_in_project() -> Iterator[Hit]:
    """Yield the phrases in the sources and the guides."""
    for path in _files(SOURCES, ".py"):
        name = path.relative_to(ROOT).as_posix()
        if name != _SELF:
            yield from found_in_source(name, path.read_text("utf-8"))
    for path in _files(GUIDES, ".md"):
        yield from found_in_guide(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))


def found_in_source(name: str, text: str) -> Iterator[Hit]:
    """Yield the phrases in the docstrings, comments and option help of a Python source."""
    pieces = [*_comments(text), *_strings(ast.parse(text), with_help=name.startswith(_OPTIONS))]
    for line, piece in sorted(pieces):
        yield from _found(name, line, piece)


def found_in_guide(name: str, text: str) -> Iterator[Hit]:
    """Yield the phrases in a Markdown text, outside its blocks of code."""
    yield from _found(name, 1, _FENCED.sub(_blank, text))


def _files(names: Iterable[str], ending: str) -> Iterator[Path]:
    for name in names:
        path = ROOT / name
        found = sorted(path.rglob(f"*{ending}")) if path.is_dir() else [path]
        yield from (file for file in found if not file.is_relative_to(_DATA))


def _comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _strings(tree: ast.Module, *, with_help: bool) -> Iterator[tuple[int, str]]:
    """Yield the strings that document something."""
    for node in ast.walk(tree):
        value: ast.expr | None = None
        if isinstance(node, ast.Expr) or (with_help and isinstance(node, ast.keyword) and node.arg in _HELP):
            value = node.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.lineno, value.value


def _found(name: str, first: int, text: str) -> Iterator[Hit]:
    plain = _QUOTED.sub(_blank, text)
    for pattern, instead in _PHRASES:
        # A phrase may be broken by the end of a line.
        for match in pattern.finditer(re.sub(r"\s", " ", plain)):
            yield Hit(name, first + plain.count("\n", 0, match.start()), match[0], instead)


def _blank(match: re.Match[str]) -> str:
    """Replace a text by as many blanks, so that the lines stay where they are."""
    return re.sub(r"[^\n]", " ", match[0])


if __name__ == "__main__":
    sys.exit(main())
