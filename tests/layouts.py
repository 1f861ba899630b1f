"""Hypothesis strategies that write a value in JSON with comments and in YAML, in layouts that few people choose."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from validator.documents.yaml_values import resolve

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["no", "1_0", "0x1f", "a b  c", " a", "a\n", "a\n\nb\n\n", "- a", "a: b", "a #b", "// a", "/* a", '"', "'", "\\n"]
)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)

_PLAIN = re.compile(r"[A-Za-z](?:[\w ./-]*\w)?", re.ASCII)
_ESCAPED = re.compile('["\\\\]|[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]')
_FOLDED = re.compile(r"(?<=\S) (?=\S)")
_NO_BLOCK = re.compile(r"[\r\x85\u2028\u2029\ufeff]|^\n*[ \t]|^\n*$")


@st.composite
def jsonc_texts(draw: DrawFn, values: st.SearchStrategy[Any] = VALUES) -> tuple[str, Any]:
    """Write a value as JSON, with comments and white space anywhere and commas behind last items."""
    value = draw(values)
    gaps = st.text(" \t\r\n", max_size=3) | st.sampled_from(
        ["// a\n", "//\r", '// "b": [\r\n', "/**/", "/* a, */", '/*\n" // */', "/* * /\r\n**/", "/*é😀*/", " "]
    )

    def gap() -> str:
        return draw(gaps) + draw(gaps)

    def written(item: Any) -> str:
        if not isinstance(item, (dict, list)):
            return scalar(item)
        opening, closing = _brackets(item)
        if not item:
            return opening + gap() + closing
        if isinstance(item, dict):
            inside = [f"{scalar(key)}{gap()}:{gap()}{written(each)}" for key, each in item.items()]
        else:
            inside = [written(each) for each in item]
        last = f",{gap()}" if draw(st.booleans()) else ""
        return opening + ",".join(gap() + each + gap() for each in inside) + last + closing

    def scalar(item: Any) -> str:
        return json.dumps(item, ensure_ascii=draw(st.booleans()))

    return f"{gap()}{written(value)}{gap()}", value


@st.composite
def yaml_texts(
    draw: DrawFn, values: st.SearchStrategy[Any] = VALUES, *, with_aliases: bool = True, with_comments: bool = True
) -> tuple[str, list[Any]]:
    """Write one to three values as documents of YAML."""
    writer = _YamlWriter(draw, with_aliases=with_aliases, with_comments=with_comments)
    documents = draw(st.lists(values, min_size=1, max_size=3 if with_aliases else 1))
    text = draw(st.sampled_from(["", "---\n", "# a\n--- # b\n", "%YAML 1.2\n---\n"]))
    for number, value in enumerate(documents):
        writer.forget()
        text += ("---\n" if number else "") + "\n".join(writer.block(value, 0)) + "\n"
        text += draw(st.sampled_from(["", "", "...\n", "# c\n"]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))), documents


class _YamlWriter:
    """Writes values in lines that belong at some column; all but the first bring their indentation along."""

    def __init__(self, draw: DrawFn, *, with_aliases: bool, with_comments: bool) -> None:
        self._draw = draw
        self._with_aliases = with_aliases
        self._with_comments = with_comments
        self._named = 0
        self.forget()

    def forget(self) -> None:
        """Begin another document, in which no anchors are known."""
        self._anchors: dict[str, str] = {}

    def block(self, value: Any, column: int) -> list[str]:
        known = self._alias(value)
        if known is not None:
            return [known]
        properties = self._properties(value)
        if value and isinstance(value, (dict, list)) and self._draw(st.integers(0, 3)):
            lines = self._members(value, column)
            return [properties.strip(), *self._remarks(), " " * column + lines[0], *lines[1:]] if properties else lines
        if isinstance(value, str) and not _NO_BLOCK.search(value) and self._draw(st.booleans()):
            lines = self._literal(value, column)
            return [properties + lines[0], *lines[1:]]
        return self._ended(properties + self._flow(value, column))

    def _members(self, value: Any, column: int) -> list[str]:
        lines: list[str] = []
        for number, item in enumerate(value.items() if isinstance(value, dict) else value):
            lines += self._remarks() if number else []
            if isinstance(value, list):
                inside = column + self._draw(st.integers(2, 4))
                first, *rest = self.block(item, inside)
                lines += [" " * column + "-" + " " * (inside - column - 1) + first, *rest]
                continue
            key, held = item
            step = self._draw(st.integers(0 if isinstance(held, list) else 1, 3))
            first, *rest = self.block(held, column + step)
            name = " " * column + self._scalar(key) + ":"
            if held and isinstance(held, (dict, list)) and first[:1] not in {"&", "!", "*", "{", "["}:
                lines += [*self._ended(name), *self._remarks(), " " * (column + step) + first, *rest]
            else:
                lines += [f"{name} {first}", *rest]
        lines[0] = lines[0][column:]
        return lines

    def _flow(self, value: Any, column: int) -> str:
        if not isinstance(value, (dict, list)):
            return self._scalar(value, column)

        def gap() -> str:
            return self._draw(st.sampled_from(["", "", " ", "\n" + " " * (column + 1), "\n# a\n" + " " * (column + 1)]))

        def inside(item: Any) -> str:
            return self._alias(item) or self._properties(item) + self._flow(item, column)

        if isinstance(value, dict):
            items = [f"{self._scalar(key)}: {inside(item)}" for key, item in value.items()]
        else:
            items = [inside(item) for item in value]
        last = self._draw(st.sampled_from(["", ","])) if items else ""
        opening, closing = _brackets(value)
        return opening + ",".join(gap() + item + " " + gap() for item in items) + last + gap() + closing

    def _scalar(self, value: Any, column: int | None = None) -> str:
        """Write a scalar; over several lines only if a column is given."""
        if value is None:
            return self._draw(st.sampled_from(["null", "~", "Null"]))
        if isinstance(value, bool):
            return self._draw(st.sampled_from([str(value), str(value).lower()]))
        if isinstance(value, float):
            return re.sub(r"^(-?\d+)(e|$)", r"\1.0\2", json.dumps(value))
        if not isinstance(value, str):
            return json.dumps(value)
        if _PLAIN.fullmatch(value) and resolve(value, None, None, is_plain=True).value == value:
            quiet = resolve(value, None, None, is_plain=True).otherwise is None
            if quiet and self._draw(st.booleans()):
                return value
        if not _ESCAPED.search(value.replace('"', "").replace("\\", "")) and self._draw(st.booleans()):
            return f"'{self._folded(value, column).replace(chr(39), chr(39) * 2)}'"
        return f'"{self._folded(_ESCAPED.sub(_escape, value), column)}"'

    def _folded(self, text: str, column: int | None) -> str:
        """Break a text between words, where a line break reads as a space."""
        if column is None:
            return text
        return _FOLDED.sub(lambda _: self._draw(st.sampled_from([" ", "\n" + " " * (column + 1)])), text)

    def _literal(self, text: str, column: int) -> list[str]:
        ends = len(text) - len(text.rstrip("\n"))
        header = "|" + ("-" if not ends else "" if ends == 1 else "+")
        if self._with_comments and self._draw(st.booleans()):
            header += " # a"
        lines = text.removesuffix("\n").split("\n")
        if any(_ESCAPED.search(line.replace('"', "").replace("\\", "").replace("\t", "")) for line in lines):
            return [self._scalar(text, column)]
        indentation = " " * (column + self._draw(st.integers(1, 2)))
        return [header, *(indentation + line if line else "" for line in lines)]

    def _alias(self, value: Any) -> str | None:
        name = self._anchors.get(repr(value))
        return f"*{name}" if name is not None and self._draw(st.booleans()) else None

    def _properties(self, value: Any) -> str:
        tags = {str: "!!str ", list: "!!seq ", dict: "!!map ", int: "!!int ", float: "!!float ", bool: "!!bool "}
        tag = tags.get(type(value), "") if self._draw(st.integers(0, 9)) == 0 else ""
        if not self._with_aliases or self._draw(st.integers(0, 3)):
            return tag
        self._named += 1
        name = f"a{self._named}"
        self._anchors[repr(value)] = name
        return self._draw(st.sampled_from([f"&{name} {tag}", f"{tag}&{name} "]))

    def _ended(self, line: str) -> list[str]:
        return [line + self._draw(st.sampled_from(["", "", "  ", " # a: [", ' # "'])) if self._with_comments else line]

    def _remarks(self) -> list[str]:
        remarks = st.sampled_from([[], [], ["# a"], ["#", "# - b: |"]])
        return self._draw(remarks) if self._with_comments else []


def _brackets(value: Any) -> tuple[str, str]:
    return ("{", "}") if isinstance(value, dict) else ("[", "]")


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in '"\\':
        return "\\" + character
    number = ord(character)
    return f"\\x{number:02x}" if number < 2**8 else f"\\u{number:04x}" if number < 2**16 else f"\\U{number:08x}"
