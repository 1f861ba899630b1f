"""Read the requests in the fenced code blocks of Markdown and MDX pages.

Each fence is read on its own, as a part of a program: names of other fences are unknown, elisions and placeholders are
expected, and a fence that cannot be parsed is skipped.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace
from functools import cached_property, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from ..common.errors import MissingParserError
from ..common.lazy_regex import regex
from ..documents.written import Sent
from ..facts import foreign_properties
from .bodies import ESSENTIALS, is_foreign, open_if_cut
from .call import Call, Source, Unread
from .fences import joined, read_page
from .json_text import value_of
from .sdk import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..documents.written import Property, Written
    from .fences import Fence, Page

_PYTHON: Final = "python"
_TYPESCRIPT: Final = "typescript"
_SHELL: Final = "shell"
_JSON: Final = "json"
_LANGUAGES: Final = {
    **dict.fromkeys(("python", "py", "python3", "py3", "ipython", "ipython3", "pycon"), _PYTHON),
    **dict.fromkeys(
        ("typescript", "ts", "tsx", "mts", "cts", "javascript", "js", "jsx", "mjs", "cjs", "node"), _TYPESCRIPT
    ),
    **dict.fromkeys(
        ("bash", "sh", "shell", "zsh", "console", "curl", "shell-session", "shellsession", "terminal"), _SHELL
    ),
    **dict.fromkeys(("json", "jsonc", "json5"), _JSON),
}
_EXTENSIONS: Final = {"tsx": ".tsx", "jsx": ".jsx", "typescript": ".ts", "ts": ".ts", "mts": ".mts", "cts": ".cts"}
_WORDS: Final = {
    _PYTHON: b"messages",
    _TYPESCRIPT: b"messages",
    _SHELL: HOST.encode(),
    _JSON: b'"model"',
}
"""What every request of a language has."""
_CURL: Final = regex(rb"^[ \t>]*(?:\$ )?curl\b", re.MULTILINE)
_SDK_CALL: Final = regex(rb"\bmessages\.(?:create|stream|parse|count_?[tT]okens|batches\.create)\(\s{0,200}(\{)?")
"""A call of an SDK in a fence that names no language; TypeScript gives it an object."""
_PROMPT: Final = regex(rb"(?:[\w.@:~/-]{0,80}[$%]|\xe2\x9d\xaf|\xe2\x9e\x9c) (?=\S)")
_CONTINUED: Final = b"> "
_PYTHON_PROMPT: Final = b">>> "
_PYTHON_CONTINUED: Final = b"... "

_REFUSED: Final = regex(
    rb"""invalid_request_error|["']type["']\s*:\s*["']error["']|\bBadRequestError\b|\bError code: 400\b"""
)
"""An answer that refuses a request."""
_HEADING: Final = regex(rb"^[ \t>]*(?:#{1,6}[ \t]+([^\r\n]*)|\*\*([^*\r\n]{1,80})\*\*:?[ \t\r]*$)", re.MULTILINE)
_WRONG: Final = regex(
    r"""
      [\u274c\u26d4\u2717\u2718\u2716] | [\U0001f6ab\U0001f44e\U0001f6d1]
    | ^\W*(?:do\ not|don['\u2019]?t|never|avoid)\b
    | \b(?:bad|wrong|incorrect|invalid|broken|disallowed|unsupported|anti-?pattern)\b
    | \bnot\ (?:valid|allowed|supported|accepted)\b | (?:n['\u2019]t|\bnot)\ work\b
    | \b(?:fails?|(?:is|are|be|gets?)\ (?:refused|rejected)|refuses|rejects|(?:will|would)\ error)\b
    | \b(?:returns?|raises?|throws?|causes?|produces?|gives?|get)\ (?:an?\ |the\ )?[^.\n]{0,40}\b(?:error|exception)\b
    | \b(?:a|an|HTTP|status|error|code)\ `?400\b
    | ^\W*(?:before|old|deprecated|legacy)\b\W*(?:\([^()\n]*\)\W*)?$
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Words of a sentence that announces a request that the API refuses."""
_LABEL: Final = regex(
    r"""
      \W*(?:bad|wrong|incorrect|invalid|anti-?pattern)\b
    | \W*(?:don['\u2019]?t|do\ not|before|old|avoid|never)\s*(?:[:(\u2013\u2014*-]|$)
    | \s*[\u274c\u26d4\u2717\u2718\u2716\U0001f6ab\U0001f44e\U0001f6d1]
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""The start of a heading or comment that announces such requests until the next one."""
_GOOD_LABEL: Final = regex(
    r"\W*(?:good|right|correct|better|do|after|new|instead|fixed|valid|works)\b|\s*[\u2705\u2713\u2714\U0001f44d]",
    re.IGNORECASE,
)
_COMMENT_LINE: Final = regex(rb"[ \t]*(?:#|//)+([^\r\n]*)")
_Range = tuple[int, int]
_FARTHEST: Final = 600
"""How many bytes before and after a fence are read for a word on it."""
_LONGEST_ANSWER: Final = 4000
_ANNOUNCES: Final = regex(r":\s*$|^\s*[#*<]|\b(?:this|these|following|below)\b", re.IGNORECASE)
"""Marks of a sentence that is about the fence after it."""
_LONGEST_LABEL: Final = 60
_SENTENCE_END: Final = regex(r"(?<=[.!?])\s+")

_OURS: Final = regex(rb"(?:<!--|/\*)[\s*-]*msglint\s*:", re.IGNORECASE)
_IN_JSON: Final = regex(rb"(?://|/\*|#)[\s*]{0,20}msglint\s*:[^\r\n]*", re.IGNORECASE)

_OF_ANSWERS: Final = frozenset(
    {"id", "stop_reason", "stop_sequence", "usage", "type", "role", "object", "choices", "created", "error", "event"}
)
"""Properties of answers, events and errors at their root."""
_OF_LOGS: Final = frozenset(
    {"timestamp", "level", "request", "response", "status", "duration", "latency", "url", "method"}
)
_ROLES: Final = frozenset({"user", "assistant"})
_OF_GATEWAY: Final = regex(r"(?:anthropic|openrouter|bedrock|vertex_ai|vertex)/")
"""The start of a model's name for a gateway: `anthropic/claude-…`."""
_OUR_API: Final = regex(rb"/v1/messages\b|\bMessages API\b|\bmessages\.(?:create|stream)\b")
_COUNTING: Final = regex(rb"count_?tokens|count tokens|token counting|tokens? count", re.IGNORECASE)
_OUR_NAME: Final = regex(rb"anthropic|claude", re.IGNORECASE)


def read(data: bytes) -> Source:
    """Read the requests of a page.

    Args:
        data: The page in UTF-8.

    Raises:
        MissingParserError: if nothing but requests in TypeScript may be on the page, and they cannot be parsed. If
            there are others, `unread` says so.
    """
    if b"```" not in data and b"~~~" not in data:
        return Source()
    page = read_page(data)
    reader = _Reader(data, page)
    found = Source()
    for number, fence in enumerate(page.fences):
        if fence.is_closed:
            source = reader.read(number)
            found.calls += source.calls
            found.comments += source.comments
    if reader.missing is not None:
        if not found.calls:
            raise reader.missing
        found.unread = Unread(str(reader.missing))
    found.calls.sort(key=lambda call: call.start)
    found.comments = sorted({*found.comments, *_comments_of(data, page)})
    return found


def _comments_of(data: bytes, page: Page) -> Iterator[tuple[int, int]]:
    """Yield the comments of the page itself that are for msglint."""
    for start, end in page.comments:
        if _OURS.match(data, start):
            yield start, end


class _Reader:
    """Reads the fences of one page."""

    def __init__(self, data: bytes, page: Page) -> None:
        self.missing: MissingParserError | None = None
        """Raised by a reader whose parser is not installed."""
        self._data = data
        self._fences = page.fences
        self._headings = self._read_headings()
        self._heading_starts = [start for start, _ in self._headings]

    @cached_property
    def _is_on_our_api(self) -> bool:
        """Whether the page is on the Messages API, and not on counting tokens."""
        return bool(_OUR_API.search(self._data)) and not _COUNTING.search(self._data)

    @cached_property
    def _names_us(self) -> bool:
        return bool(_OUR_NAME.search(self._data))

    def _read_headings(self) -> list[tuple[int, str]]:
        """Return the headings of the page, with the ends of their lines; those in fences are comments."""
        starts = [fence.start for fence in self._fences]
        found = []
        for match in _HEADING.finditer(self._data):
            number = bisect_right(starts, match.start()) - 1
            if number < 0 or self._fences[number].end <= match.start():
                found.append((match.end(), (match[1] or match[2] or b"").decode(errors="replace")))
        return found

    def read(self, number: int) -> Source:
        """Return the requests of a fence with their places in the page."""
        fence = self._fences[number]
        language = self._language(fence)
        if language is None or not fence.has(self._data, _WORDS[language]):
            return Source()
        source = Source()
        for lines in _programs(self._data, fence.lines, language):
            mapped = joined(self._data, lines)
            found = mapped.restored(self._source(mapped.data, language, fence.language))
            source.calls += found.calls
            source.comments += found.comments
        if source.calls:
            self._mark(source.calls, number)
        return source

    def _mark(self, calls: list[Call], number: int) -> None:
        """Note of the calls of a fence that they are not run, and which of them are shown as refused."""
        fence = self._fences[number]
        is_refused = self._is_announced(number) or self._is_answered(number)
        wrong = _wrong_parts(self._data, fence.lines)
        shown = [match.start() for match in _REFUSED.finditer(self._data, fence.lines[0][0], fence.lines[-1][1])]
        for index, call in enumerate(calls):
            following = calls[index + 1].start if index + 1 < len(calls) else fence.end
            first = bisect_left(shown, call.end)
            part = bisect_left(wrong, (call.start, False)) - 1
            if is_refused or (first < len(shown) and shown[first] < following) or (part >= 0 and wrong[part][1]):
                call.is_refused_on_purpose = True
            call.sent = replace(call.sent, is_run=False)

    def _language(self, fence: Fence) -> str | None:
        name = fence.language
        if name:
            return _LANGUAGES.get(name)
        if fence.info or not fence.lines:
            return None
        if fence.has(self._data, _WORDS[_SHELL]):
            is_shell = any(_CURL.match(self._data, start, end) for start, end in fence.lines)
            if is_shell:
                return _SHELL
        call = _SDK_CALL.search(self._data, fence.lines[0][0], fence.lines[-1][1])
        return (_TYPESCRIPT if call[1] else _PYTHON) if call else None

    def _source(self, text: bytes, language: str, name: str) -> Source:
        if language == _JSON:
            return self._json(text)
        try:
            reader = import_module(f".{language}", __package__)
            if language == _TYPESCRIPT:
                source: Source = reader.read(text, name="fence" + _EXTENSIONS.get(name, ".js"), is_fragment=True)
            else:
                source = reader.read(text, is_fragment=True)
        except MissingParserError as error:
            self.missing = error
            return Source()
        return Source(source.calls, source.comments)

    def _is_announced(self, number: int) -> bool:
        """Whether the sentence or the heading before a fence says so."""
        fence = self._fences[number]
        heading = bisect_right(self._heading_starts, fence.start) - 1
        if heading >= 0 and _LABEL.match(self._headings[heading][1]):
            return True
        previous = self._fences[number - 1].end if number else 0
        text = self._data[max(previous, fence.start - _FARTHEST) : fence.start].decode(errors="ignore")
        paragraph = text.rstrip("\n\r \t>").rpartition("\n\n")[2].rpartition("\n>\n")[2]
        sentence = _SENTENCE_END.split(paragraph.strip())[-1]
        is_about = len(sentence) <= _LONGEST_LABEL or _ANNOUNCES.search(sentence)
        return bool(is_about and _WRONG.search(sentence))

    def _is_answered(self, number: int) -> bool:
        """Whether the text or the fence directly after it shows the error."""
        fence = self._fences[number]
        following = self._fences[number + 1] if number + 1 < len(self._fences) else None
        end = following.start if following is not None else len(self._data)
        between = self._data[fence.end : min(end, fence.end + _FARTHEST)]
        heading = _HEADING.search(between)
        if heading and heading[1] is not None:
            return bool(_REFUSED.search(between, 0, heading.start()))
        paragraph, *others = between.strip().replace(b"\r\n", b"\n").split(b"\n\n")
        if _REFUSED.search(paragraph):
            return True
        is_next = following is not None and end - fence.end <= _FARTHEST and len(others) <= 1
        if not is_next or following is None or _LANGUAGES.get(following.language) in (_PYTHON, _TYPESCRIPT, _SHELL):
            return False
        if not following.lines:
            return False
        first, last = following.lines[0][0], following.lines[-1][1]
        return bool(_REFUSED.search(self._data, first, min(last, first + _LONGEST_ANSWER)))

    def _json(self, text: bytes) -> Source:
        body = value_of(text, is_fragment=True)
        if body is None or not self._is_request(body):
            return Source()
        is_batch = "requests" in (body.properties or {})
        open_if_cut(body)
        names = (body.properties or {}).keys()
        is_counted = "max_tokens" not in names and not self._is_on_our_api
        # Without `max_tokens` it may be a body for counting tokens, or for a gateway; without `messages` settings.
        if not is_batch and (is_counted or "messages" not in names):
            body.is_open = True
        sent = Sent("batches" if is_batch else "messages")
        comments = [match.span() for match in _IN_JSON.finditer(text) if _is_outside_strings(text, match.start())]
        return Source([Call(body.start, body.end, body, sent, syntax="json")], comments)

    def _is_request(self, body: Written) -> bool:
        """Whether the object of a JSON fence is plainly a request, or a batch of them."""
        properties = body.properties or {}
        requests = properties.get("requests")
        if requests is not None:
            items = [
                item.properties for item in requests.value.items or () if item.unknown is None and not item.is_open
            ]
            records = [item for item in items if item is not None]
            return bool(records) and all(
                {"custom_id", "params"} == item.keys() and self._is_body(item["params"].value) for item in records
            )
        return self._is_body(body)

    def _is_body(self, body: Written) -> bool:
        properties = body.properties or {}
        names = properties.keys()
        if "model" not in names or not {"messages", "max_tokens"} & names or is_foreign(body):
            return False
        if names & (_OF_ANSWERS | _OF_LOGS | foreign_properties()):
            return False
        model = properties["model"].value
        if model.unknown is None:
            if not isinstance(model.value, str):
                return False
        elif not (names >= ESSENTIALS and self._names_us):
            return False
        if "messages" not in names and not names <= _known_properties():
            # The settings of a program.
            return False
        known = sum(name in _known_properties() for name in names)
        return known >= len(names) - known and not _is_of_other_api(body)


def _is_of_other_api(body: Written) -> bool:
    """Whether a body is of the form that OpenAI's API and gateways to it take.

    A gateway has the name of the provider in that of the model, messages of the roles `system` and `tool`, functions
    as tools, or parts like `image_url`.
    """
    properties = body.properties or {}
    model = properties["model"].value.value
    if isinstance(model, str) and _OF_GATEWAY.match(model):
        return True
    if any("function" in (tool.properties or {}) for tool in _items_of(properties, "tools")):
        return True
    for message in _items_of(properties, "messages"):
        members = message.properties or {}
        role = members.get("role")
        if role is not None and isinstance(role.value.value, str) and role.value.value not in _ROLES:
            return True
        if any("image_url" in (part.properties or {}) for part in _items_of(members, "content")):
            return True
    return False


def _items_of(properties: Mapping[str, Property], name: str) -> list[Written]:
    member = properties.get(name)
    return (member.value.items or []) if member is not None else []


@lru_cache(maxsize=1)
def _known_properties() -> frozenset[str]:
    """Return the properties that a request can have in any edition."""
    from ..schema.store import SHAPES, files

    schemas = files()
    return frozenset(name for shape in ("messages", "count_tokens") for name in schemas[SHAPES[shape]]["properties"])


def _programs(data: bytes, lines: list[_Range], language: str) -> list[list[_Range]]:
    """Return the lines of each program in a fence; those of a session are without its prompts.

    Each command of a shell's session is a program, so that quotes in the output of one do not reach into the next.
    """
    if language == _PYTHON and any(data.startswith(_PYTHON_PROMPT, start) for start, _ in lines):
        marks = (_PYTHON_PROMPT, _PYTHON_CONTINUED)
        return [[(start + len(mark), end) for start, end in lines for mark in marks if data.startswith(mark, start)]]
    if language != _SHELL or not any(_PROMPT.match(data, start, end) for start, end in lines):
        return [lines]
    programs: list[list[_Range]] = [[]]
    is_command = False
    for start, end in lines:
        prompt = _PROMPT.match(data, start, end)
        if prompt:
            programs.append([])
        is_continued = is_command and data.startswith(_CONTINUED, start)
        programs[-1].append((prompt.end() if prompt else start + len(_CONTINUED) if is_continued else start, end))
        is_command = bool(prompt) or is_continued
    return programs


def _wrong_parts(data: bytes, lines: list[_Range]) -> list[tuple[int, bool]]:
    """Return the places of comments that say whether the code after them is wrong, with what they say."""
    found = []
    for start, end in lines:
        match = _COMMENT_LINE.match(data, start, end)
        words = match[1].decode(errors="replace") if match else ""
        if _LABEL.match(words):
            found.append((start, True))
        elif _GOOD_LABEL.match(words):
            found.append((start, False))
    return found


def _is_outside_strings(text: bytes, start: int) -> bool:
    """Whether a place of a JSON text is outside of strings, judged by the quotes before it in its line."""
    line = text[text.rfind(b"\n", 0, start) + 1 : start].replace(b'\\"', b"")
    return line.count(b'"') % 2 == 0
