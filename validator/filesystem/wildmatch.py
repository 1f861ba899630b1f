"""Patterns of `.gitignore`, matched byte by byte like git's own `wildmatch`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..common.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_WILD: Final = b"*?[\\"
_NEVER: Final = rb"(?!)"
_CLASSES: Final = {
    b"alnum": rb"0-9A-Za-z",
    b"alpha": rb"A-Za-z",
    b"blank": rb" \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": rb"0-9",
    b"graph": rb"!-~",
    b"lower": rb"a-z",
    b"print": rb" -~",
    b"punct": rb"!-/:-@\[-`{-~",
    b"space": rb"\t-\r ",
    b"upper": rb"A-Z",
    b"xdigit": rb"0-9A-Fa-f",
}
_CLASS: Final = regex(rb"\[:([a-z]*):\]")
_STARS: Final = regex(rb"\*+")
_TRAILING_SPACES: Final = regex(rb"(?<!\\) +$")


class Pattern(NamedTuple):
    """One line of a `.gitignore`."""

    is_negated: bool
    """Whether it re-includes what an earlier pattern ignores."""
    is_for_folders: bool
    """Whether it matches folders alone."""
    is_for_names: bool
    """Whether it is matched against the name alone, at any depth."""
    text: bytes
    """The pattern without the `!` and the `/` at its end."""
    expression: re.Pattern[bytes]

    @property
    def literal(self) -> bytes | None:
        """The one path or name that it matches; None for a pattern with wildcards."""
        return None if any(byte in _WILD for byte in self.text) else self.text

    def source(self, prefix: bytes = b"") -> bytes:
        """Return the regular expression; the names of its groups begin with `prefix`."""
        text = self.text if self.is_for_names else self.text.removeprefix(b"/")
        return _source(text, is_path=not self.is_for_names, prefix=prefix)

    def matches(self, path: bytes, *, is_folder: bool) -> bool:
        """Whether it matches a path relative to the folder of the `.gitignore`; not because of a folder above it."""
        if self.is_for_folders and not is_folder:
            return False
        return self.expression.fullmatch(path.rpartition(b"/")[2] if self.is_for_names else path) is not None


# Why not one pattern after the other: a repository may have thousands. Those without wildcards are looked up in a
# dictionary. The others are joined, 64 at a time, into one regular expression; only one that matches is taken apart.
class Patterns:
    """Many patterns that are matched together."""

    _SIZE: Final = 64
    """Patterns in one regular expression."""

    def __init__(self, found: Iterable[Pattern]) -> None:
        """Take the patterns in the order of their lines."""
        self._all = tuple(found)
        self._names: dict[bytes, list[int]] = {}
        self._paths: dict[bytes, list[int]] = {}
        wild: tuple[list[int], list[int]] = ([], [])
        for index, pattern in enumerate(self._all):
            literal = pattern.literal
            if literal is None:
                wild[pattern.is_for_names].append(index)
            elif pattern.is_for_names:
                self._names.setdefault(literal, []).append(index)
            else:
                self._paths.setdefault(literal.removeprefix(b"/"), []).append(index)
        self._wild_paths, self._wild_names = map(self._chunks, wild)

    def __bool__(self) -> bool:
        return bool(self._all)

    def matching(self, path: bytes, *, is_folder: bool) -> list[int]:
        """Return the numbers of the patterns that match a path, unsorted."""
        name = path.rpartition(b"/")[2]
        found = [*self._names.get(name, ()), *self._paths.get(path, ())]
        for text, chunks in ((name, self._wild_names), (path, self._wild_paths)):
            for indices, any_of_them in chunks:
                if any_of_them.fullmatch(text):
                    found += [index for index in indices if self._all[index].expression.fullmatch(text)]
        return found if is_folder else [index for index in found if not self._all[index].is_for_folders]

    def last(self, path: bytes, *, is_folder: bool) -> Pattern | None:
        """Return the last pattern that matches a path."""
        found = self.matching(path, is_folder=is_folder)
        return self._all[max(found)] if found else None

    def _chunks(self, wild: list[int]) -> list[tuple[list[int], re.Pattern[bytes]]]:
        chunks = [wild[start : start + self._SIZE] for start in range(0, len(wild), self._SIZE)]
        return [(chunk, regex(self._any_of(chunk), re.DOTALL)) for chunk in chunks]

    def _any_of(self, chunk: list[int]) -> bytes:
        return b"|".join(b"(?:%s)" % self._all[index].source(b"p%d" % index) for index in chunk)


def patterns(text: bytes) -> tuple[Pattern, ...]:
    """Read the text of a `.gitignore`."""
    lines = text.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return tuple(_pattern(line.removesuffix(b"\r")) for line in lines if line and not line.startswith(b"#"))


def _pattern(line: bytes) -> Pattern:
    text = _TRAILING_SPACES.sub(b"", line)
    is_negated = text.startswith(b"!")
    text = text[1:] if is_negated else text
    is_for_folders = text.endswith(b"/")
    text = text[:-1] if is_for_folders else text
    is_for_names = b"/" not in text
    bare = text if is_for_names else text.removeprefix(b"/")
    expression = regex(_source(bare, is_path=not is_for_names), re.DOTALL)
    return Pattern(is_negated, is_for_folders, is_for_names, text, expression)


def _source(text: bytes, *, is_path: bool, prefix: bytes = b"") -> bytes:
    """Translate a pattern to a regular expression."""
    # As git does, the part of a path pattern before its first wildcard is compared literally.
    if not is_path:
        return _expression(text, is_path=False, prefix=prefix)
    fixed = next((place for place, byte in enumerate(text) if byte in _WILD), len(text))
    return re.escape(text[:fixed]) + _expression(text[fixed:], is_path=True, prefix=prefix)


def _expression(text: bytes, *, is_path: bool, prefix: bytes) -> bytes:
    if not text and not is_path:
        return _NEVER
    any_byte = b"[^/]" if is_path else b"."
    pieces: list[bytes] = []
    star: int | None = None
    folders: int | None = None
    position = 0
    while position < len(text):
        sign = text[position : position + 1]
        if sign == b"*":
            stars = _STARS.match(text, position)
            end = stars.end() if stars else position + 1
            _settle(pieces, star, b"%ss%d" % (prefix, position))
            if is_path and end - position > 1 and _is_step(text, position, end):
                _settle(pieces, folders, b"%sf%d" % (prefix, position))
                star, folders = None, len(pieces)
                piece, position = (rb"(?:[^/]*/)*?", end + 1) if text[end : end + 1] == b"/" else (b".*", end)
            else:
                star = len(pieces)
                piece, position = any_byte + b"*?", end
        elif sign == b"?":
            piece, position = any_byte, position + 1
        elif sign == b"[":
            piece, position = _set(text, position + 1, is_path=is_path)
        elif sign == b"\\":
            literal = text[position + 1 : position + 2]
            piece, position = re.escape(literal) if literal else _NEVER, position + 2
        else:
            piece, position = re.escape(sign), position + 1
        pieces.append(piece)
    return b"".join(pieces)


def _is_step(text: bytes, start: int, end: int) -> bool:
    """Whether stars are a whole step, `**`, which matches any number of folders."""
    return (start == 0 or text[start - 1 : start] == b"/") and (
        text[end : end + 1] in (b"", b"/") or text[end : end + 2] == b"\\/"
    )


def _settle(pieces: list[bytes], start: int | None, name: bytes) -> None:
    """Make the part of the pattern since a star atomic: it takes the first place where it matches."""
    # Python 3.10 has no atomic groups: a lookahead never backtracks, and the back-reference consumes what it matched.
    # The next star makes up for the rest. Without this, `*a*a*a*b` costs the length of a path to the power of its
    # stars; with it, at most the length of the pattern for each character of a path.
    if start is not None:
        pieces[start:] = [b"(?=(?P<%s>%s))(?P=%s)" % (name, b"".join(pieces[start:]), name)]


def _set(text: bytes, position: int, *, is_path: bool) -> tuple[bytes, int]:
    """Translate a set of characters from after its opening bracket; a set that is not closed matches nothing."""
    is_negated = text[position : position + 1] in (b"!", b"^")
    position += is_negated
    members: list[bytes] = []
    previous = b""
    first = True
    while first or text[position : position + 1] != b"]":
        first = False
        sign = text[position : position + 1]
        named = _CLASS.match(text, position)
        if named is not None:
            if named[1] not in _CLASSES:
                return _NEVER, len(text)
            members.append(_CLASSES[named[1]])
            previous, position = b"", named.end()
            continue
        is_range = sign == b"-" and previous != b"" and text[position + 1 : position + 2] not in (b"", b"]")
        position += is_range
        position += text[position : position + 1] == b"\\"
        sign = text[position : position + 1]
        if not sign:
            return _NEVER, len(text)
        if is_range:
            members.append(re.escape(previous) + b"-" + re.escape(sign) if previous <= sign else b"")
        else:
            members.append(re.escape(sign))
        previous = b"" if is_range else sign
        position += 1
    inside = b"".join(members)
    found = b"[" + (b"^" if is_negated else b"") + inside + b"]" if inside else (b"." if is_negated else _NEVER)
    return (b"(?!/)" if is_path else b"") + found, position + 1
