"""Text that is not YAML, or that YAML readers disagree on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from ...common.lazy_regex import regex
from ...common.wording import code, shown
from ...engine.rule import Example, syntax_rule
from ...report import Severity
from ..syntax import Fault
from .examples import FILE, example, text

LONGEST_KEY: Final = 1024
"""A key may have at most this many characters, unless it begins with `? `."""

_TEMPLATE: Final = regex(r"\{\{|\$\{|<%|\{%")
_KEY: Final = regex(r"[ \t]*(?:-[ \t]+)*[^\s#][^#]*?:[ \t]")
_ITEM: Final = regex(r"-(?:[ \t\r\n]|$)")
_GLUED: Final = regex(r"[\w.-]+:\S")
_ESCAPE: Final = regex(r"\\(?:x[0-9a-fA-F]{0,2}|u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|.?)", re.DOTALL)
_PAIR: Final = regex(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
_HALF: Final = regex(r"\\u[dD][89a-fA-F]")
_CLOSING: Final = {"[": "]", "{": "}"}

_IN_QUOTES: Final = "put the text into quotes"
_ALIKE: Final = "indent the keys of one mapping alike, and what belongs to a key deeper than the key"


class Trouble(NamedTuple):
    """A text that the YAML reader refused, and its message; places count characters."""

    text: str
    place: int
    problem: str = ""
    context: str = ""
    context_place: int = 0

    @property
    def character(self) -> str:
        """The character at the place; empty at the end of the text."""
        return self.text[self.place : self.place + 1]

    @property
    def line_start(self) -> int:
        """Where the line of the place begins."""
        return self.start_of_line(self.place)

    @property
    def before(self) -> str:
        """The part of the line before the place."""
        return self.text[self.line_start : self.place]

    def start_of_line(self, place: int) -> int:
        """Return where the line of a place begins."""
        newline = self.text.rfind("\n", 0, place) + 1
        return max(newline, self.text.rfind("\r", newline, place) + 1)

    def rest_of_line(self, place: int) -> str:
        """Return the rest of a line, starting at a place."""
        return re.split(r"[\r\n]", self.text[place : place + 2 * LONGEST_KEY], maxsplit=1)[0].rstrip()

    def fault(self, message: str, advice: str, *, place: int | None = None, length: int = 1) -> Fault:
        """Make a fault of `length` characters, at `place` if it is given."""
        start = min(self.place if place is None else place, len(self.text))
        return Fault(start, min(start + length, len(self.text)), message, advice)


@syntax_rule(
    "yaml/invalid",
    bad=(
        example("max_tokens:\n\t1024", at=""),
        example("max_tokens: 1024", "system: note: be brief", at=""),
        example("max_tokens: 1024", 'system: "Be brief.', at=""),
        example("max_tokens 1024", at=""),
        example("max_tokens: 1024", "metadata:\n    user_id: one\n  name: two", at=""),
        example("max_tokens: 1024", "stop_sequences: [END", at=""),
        example("max_tokens: 1024", "{% if brief %}", "system: Be brief.", "{% endif %}", at=""),
        example("max_tokens: 1024", "system: @file.txt", at=""),
    ),
    good=(
        example(),
        example("max_tokens: 1024", 'system: "note: be brief"'),
        example("max_tokens: 1024", 'system: "@file.txt"'),
    ),
)
def invalid(trouble: Trouble) -> Fault:
    """The text is not YAML.

    Why: Without a value there is nothing to send.

    Source: YAML 1.1 and 1.2; what libyaml refuses.
    """
    for recognise in _RECOGNISERS:
        fault = recognise(trouble)
        if fault is not None:
            return fault
    reason = f"{trouble.context}, {trouble.problem}" if trouble.context else trouble.problem
    return trouble.fault(f"not YAML: {reason}", "check the indentation and the quotes here")


@syntax_rule(
    "yaml/ambiguous-line-break",
    severity=Severity.WARNING,
    bad=(Example(text("max_tokens: 1024", 'system: "Be brief.\u2028Be kind."'), at="", file=FILE),),
    good=(example("max_tokens: 1024", r'system: "Be brief.\u2028Be kind."'),),
)
def ambiguous_line_break(trouble: Trouble) -> Fault:
    r"""A character ends a line in YAML 1.1 but not in YAML 1.2: U+0085, U+2028 or U+2029.

    Why: Readers of YAML 1.1 start a new line there, and fold it together with the spaces around it, so the request
    depends on the reader. The character is invisible and often copied by accident. As an escape in double quotes
    (`\u2028`) it is the same for all readers.

    Source: YAML 1.1, section 4.1.4; YAML 1.2, section 5.4.
    """
    number = ord(trouble.character)
    escape = f"\\u{number:04x}"
    return trouble.fault(
        f"U+{number:04X} ends a line in YAML 1.1, but not in YAML 1.2",
        f"remove it, or write {code(escape)} in double quotes",
    )


def _unprintable(trouble: Trouble) -> Fault | None:
    if "character" not in trouble.problem or trouble.character.isprintable():
        return None
    if trouble.character == "\t":
        return trouble.fault("a tab where YAML allows only spaces", "indent with spaces")
    if "unacceptable" not in trouble.problem:
        return None
    return trouble.fault(
        f"U+{ord(trouble.character):04X} is a character that YAML does not allow",
        "remove it, or write it as an escape in double quotes",
    )


def _open_quote(trouble: Trouble) -> Fault | None:
    if "quoted scalar" not in trouble.context or "unexpected" not in trouble.problem:
        return None
    quote = code(trouble.text[trouble.context_place : trouble.context_place + 1])
    return trouble.fault(
        f"the text that begins with {quote} here is not closed", f"close it with {quote}", place=trouble.context_place
    )


def _escape(trouble: Trouble) -> Fault | None:
    if "quoted scalar" not in trouble.context:
        return None
    place = trouble.text.rfind("\\", 0, trouble.place + 1)
    escape = _ESCAPE.match(trouble.text, max(0, place))
    if escape is None:
        return None
    pair = _PAIR.match(trouble.text, place)
    if pair is not None:
        whole = f"\\U{ord(bytes.fromhex(pair[1] + pair[2]).decode('utf-16-be')):08X}"
        return trouble.fault(
            f"{code(pair[0])} is one character in two halves, which YAML does not join",
            f"write the character itself, or {code(whole)}",
            place=place,
            length=len(pair[0]),
        )
    message = f"{code(escape[0])} is not an escape in YAML"
    advice = "write `\\\\` for a backslash, or put the text into single quotes, in which there are no escapes"
    if _HALF.match(escape[0]):
        message = f"{code(escape[0])} is half of a surrogate pair, but a string must be whole characters"
        advice = "cut strings between characters, or replace the half with U+FFFD"
    return trouble.fault(message, advice, place=place, length=len(escape[0]))


def _placeholder(trouble: Trouble) -> Fault | None:
    line = trouble.text[trouble.line_start : trouble.place + 1]
    found = _TEMPLATE.search(line)
    start = trouble.line_start
    if found is None and trouble.context:
        start = max(0, trouble.context_place - 1)
        found = _TEMPLATE.match(trouble.text, start)
    if found is None:
        return None
    return trouble.fault(
        "a placeholder of a template is not YAML here",
        "put the text with the placeholder into quotes, or fill in the template first",
        place=found.start() if found.string is trouble.text else start + found.start(),
        length=len(found[0]),
    )


def _long_key(trouble: Trouble) -> Fault | None:
    key = trouble.text[max(0, trouble.place - LONGEST_KEY) : trouble.place]
    if trouble.character != ":" or len(key) < LONGEST_KEY or re.search(r"[\r\n{\[,]", key):
        return None
    message = f"a key of more than {LONGEST_KEY:,} characters ends here"
    return trouble.fault(message, "write `? ` before it, or a shorter key")


def _open_bracket(trouble: Trouble) -> Fault | None:
    start = trouble.context_place
    if trouble.place >= len(trouble.text.rstrip()) and "expected node content" in trouble.problem:
        start = max(trouble.text.rfind("[", 0, trouble.place), trouble.text.rfind("{", 0, trouble.place))
    elif "',' or" not in trouble.problem:
        return None
    bracket = trouble.text[start : start + 1]
    if bracket not in _CLOSING:
        return None
    opening, closing = code(bracket), code(_CLOSING[bracket])
    is_key_below = trouble.character == ":" and start < trouble.line_start
    if trouble.character.strip() and not is_key_below:
        advice = (
            f"separate the items in {opening} and {closing} with commas, and put texts with `: ` or `, ` into quotes"
        )
        return trouble.fault(f"a comma or {closing} is missing before this", advice)
    message = f"this {opening} is not closed, or a comma is missing after it"
    return trouble.fault(message, f"close it with {closing}, or put a comma where one is missing", place=start)


def _cannot_begin(trouble: Trouble) -> Fault | None:
    if "cannot start any token" not in trouble.problem and "mapping keys are not allowed" not in trouble.problem:
        return None
    sign = "a backtick" if trouble.character == "`" else code(trouble.character)
    return trouble.fault(f"a text without quotes cannot begin with {sign} here", _IN_QUOTES)


def _no_name(trouble: Trouble) -> Fault | None:
    kind = next((kind for kind in ("alias", "anchor") if f"scanning an {kind}" in trouble.context), None)
    if kind is None:
        return None
    sign = code(trouble.text[trouble.context_place : trouble.context_place + 1])
    message = f"{sign} begins an {kind}, but is not followed by a name of letters, digits, `-` and `_`"
    return trouble.fault(message, _IN_QUOTES, place=trouble.context_place)


def _second_colon(trouble: Trouble) -> Fault | None:
    if "mapping values are not allowed" not in trouble.problem or not _KEY.match(trouble.before):
        return None
    return trouble.fault(
        "a second `: ` on this line, which is only allowed in quotes",
        "put the text into quotes if the colon belongs to it, else begin the key on a line of its own",
    )


def _line_without_colon(trouble: Trouble) -> Fault | None:
    place = trouble.context_place
    if "mapping values are not allowed" in trouble.problem:
        place = trouble.start_of_line(len(trouble.text[: trouble.line_start].rstrip("\r\n")))
        line = trouble.rest_of_line(place)
        if not line.strip() or ":" in line or _indentation(line) != _indentation(trouble.before):
            return None
    elif "could not find expected ':'" not in trouble.problem:
        return None
    line = trouble.rest_of_line(place)
    place += _indentation(line)
    line = line.strip()
    advice = "write `: ` after the key, or indent the line if it belongs to the text above it"
    if _GLUED.match(line):
        advice = "put a space after the colon"
    elif len(line) > LONGEST_KEY:
        advice = f"write `? ` before a key of more than {LONGEST_KEY:,} characters"
    return trouble.fault(f"{shown(line)} is not a key followed by `: `", advice, place=place, length=len(line))


def _deep_key(trouble: Trouble) -> Fault | None:
    if "mapping values are not allowed" not in trouble.problem:
        return None
    key = trouble.before.strip()
    message = f"the key {code(key)} is indented deeper than the key before it, which has a value already"
    return trouble.fault(message, _ALIKE, place=trouble.place - len(key), length=len(key))


def _item_on_line_of_key(trouble: Trouble) -> Fault | None:
    if "sequence entries are not allowed" not in trouble.problem:
        return None
    return trouble.fault(
        "an item of a sequence cannot begin here, after something else on its line",
        "begin it on a line of its own, or put the text into quotes if the `-` belongs to it",
    )


def _after_quote(trouble: Trouble) -> Fault | None:
    if "did not find expected" not in trouble.problem or trouble.before.rstrip()[-1:] not in {'"', "'"}:
        return None
    return trouble.fault(
        "there is more text after the closing quote",
        "put all of it into quotes; in single quotes an apostrophe is written `''`, in double quotes a quote `\\\"`",
    )


def _surplus(trouble: Trouble) -> Fault | None:
    if "expected node content" in trouble.problem and trouble.character in {",", "-"}:
        if trouble.character == ",":
            return trouble.fault("there is no item before this comma", "remove one of the commas")
        return trouble.fault("an item that begins with `- ` is not allowed in brackets", "put commas between the items")
    if not trouble.problem.startswith("did not find expected") or trouble.character not in {"]", "}"}:
        return None
    return trouble.fault(f"{code(trouble.character)} closes nothing", "remove it, or put the text into quotes")


def _indented_wrongly(trouble: Trouble) -> Fault | None:
    expects_key = "did not find expected key" in trouble.problem
    if not expects_key and "did not find expected '-' indicator" not in trouble.problem:
        return None
    is_alike = len(trouble.before) == trouble.context_place - trouble.start_of_line(trouble.context_place)
    if trouble.before.strip():
        return trouble.fault("this does not belong to anything before it on its line", _IN_QUOTES)
    if is_alike and expects_key and _ITEM.match(trouble.text, trouble.place):
        return trouble.fault(
            "an item of a sequence where a key of the mapping should be",
            "put it below the key that it belongs to, or remove the `- `",
        )
    if is_alike and not expects_key:
        return trouble.fault(
            "a key where an item of the sequence should be",
            "indent it if it belongs to the item above, or write `- ` before it",
        )
    return trouble.fault("the indentation of this line matches no line that it could belong to", _ALIKE)


def _header_of_block(trouble: Trouble) -> Fault | None:
    if "scanning a block scalar" not in trouble.context:
        return None
    sign = code(trouble.text[trouble.context_place : trouble.context_place + 1])
    return trouble.fault(
        f"{sign} begins a block of text, and nothing but `-`, `+` or a digit from 1 to 9 can follow it on its line",
        "begin the text on the next line, or put it into quotes",
        place=trouble.context_place,
    )


def _directive(trouble: Trouble) -> Fault | None:
    if "directive" not in trouble.context + trouble.problem and "incompatible" not in trouble.problem:
        return None
    if trouble.problem.startswith("more than"):
        return trouble.fault(f"a document begins with {trouble.problem}", "remove those that nothing uses")
    start = trouble.line_start
    line = trouble.rest_of_line(start)
    if not line.startswith("%"):
        return None
    return trouble.fault(
        f"{code(line)} is not a directive of YAML",
        "write `%YAML 1.1`, `%YAML 1.2` or `%TAG`, or put the text into quotes",
        place=start,
        length=len(line),
    )


def _no_tag(trouble: Trouble) -> Fault | None:
    is_undefined = "undefined tag handle" in trouble.problem
    if not is_undefined and not trouble.context.endswith(" a tag"):
        return None
    place = trouble.context_place
    tag = trouble.rest_of_line(place).partition(" ")[0]
    message = (
        f"the tag {code(tag)} begins with a name that nothing defines" if is_undefined else f"{code(tag)} is not a tag"
    )
    return trouble.fault(message, "leave it out, or put the text into quotes", place=place, length=len(tag))


def _more_text(trouble: Trouble) -> Fault | None:
    if "expected <document start>" not in trouble.problem:
        return None
    if trouble.text[: trouble.line_start].rstrip().rpartition("\n")[2].startswith("%"):
        message = "a document that begins with directives must have a line `---` after them"
        return trouble.fault(message, "write the line `---` before this one")
    message = "there is more text after the value of the document"
    return trouble.fault(message, "put a line `---` before each further document, or check the indentation")


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_RECOGNISERS: Final[tuple[Callable[[Trouble], Fault | None], ...]] = (
    _unprintable,
    _open_quote,
    _escape,
    _placeholder,
    _long_key,
    _open_bracket,
    _cannot_begin,
    _no_name,
    _second_colon,
    _line_without_colon,
    _deep_key,
    _item_on_line_of_key,
    _after_quote,
    _surplus,
    _indented_wrongly,
    _header_of_block,
    _directive,
    _no_tag,
    _more_text,
)
