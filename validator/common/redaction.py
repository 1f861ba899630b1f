"""Redact secrets: the forms of API keys, tokens and private keys, and the functions that all output passes through.

`redacted` shortens a secret to the constant prefix that names its kind, for messages, pointers and names. `masked`
replaces each of its characters, for lines of a file, whose columns must not change. Both hide more than the rule
`request/secret` reports: hiding too much costs little, showing a part of a key costs a new key.
Text must be redacted before it is cut, with `start_of`: half a key is not always recognised.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from .lazy_regex import regex
from .records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


HIDDEN: Final = "…"
"""Replaces the hidden part of a secret."""
MASK: Final = "*"
"""Replaces each hidden character in a line of a file."""


class Kind(NamedTuple):
    """A form of secret."""

    name: str
    prefix: str
    """A pattern of its constant prefix, which is shown."""
    body: str
    """A pattern of the rest, which is hidden. Also matches truncated and made-up keys."""
    alarm: str | None = None
    """A pattern of a whole secret that hardly anything else matches; `request/secret` reports it."""
    is_word: bool = True
    """Whether it is a secret only where no letter or digit precedes it."""
    hint: str | None = None
    """A replacement of `body` for the quick search, whose engine has no look-around."""
    is_like_a_name: bool = True
    """Whether a text of letters, digits and `-_./` alone may hold one: most texts are names of files and properties."""


_NAMED: Final = (
    r"(?:(?:api|access|secret|private|account|encryption|signing|subscription)[_-]?(?:ke?y|kye)|t[eko]{2,3}n|tokne|"
    r"sec(?:re?t|er?t)|pass?w[or]{0,2}[dt]|passphrase|credentials?|authori[sz]ation)"
)
"""Names of properties, variables and headers whose values are secrets, some of them misspelt.

Plurals, as in `max_tokens`, are not.
"""
_KEY_CHARACTER: Final = r"[A-Za-z0-9_.~+/=%:|-]"
_NOT_IN_A_RUN: Final = "(?<![A-Za-z0-9_-])"
_USERINFO: Final = r"""[^\s/@:"'<>\\]*:[^\s/"'<>\\]*"""

KINDS: Final = (
    Kind(
        "an Anthropic API key",
        r"sk-ant-",
        r"[A-Za-z0-9_-]{8,}",
        r"sk-ant-[a-z]{3,6}[0-9]{2}-[A-Za-z0-9_-]{32,}",
        is_word=False,
    ),
    Kind("an OpenAI API key", r"sk-proj-", r"[A-Za-z0-9_-]{8,}", r"sk-proj-[A-Za-z0-9_-]{40,}"),
    Kind("an AWS access key id", r"A[KS]IA", r"[A-Z0-9]{12,}", r"A[KS]IA[A-Z2-7]{16}"),
    Kind(
        "a GitHub token",
        r"gh[opsur]_|github_pat_",
        r"[A-Za-z0-9_]{12,}",
        r"gh[opsur]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    ),
    Kind(
        "a Slack token",
        r"xox[a-z]-|xapp-",
        r"[A-Za-z0-9-]{10,}",
        r"xox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{16,}",
        is_word=False,
    ),
    Kind("a Google API key", r"AIza", r"[A-Za-z0-9_-]{16,}", r"AIza[A-Za-z0-9_-]{35}"),
    Kind("a Stripe key", r"[prs]k_(?:live|test)_", r"[A-Za-z0-9]{8,}", r"[rs]k_live_[A-Za-z0-9]{24,}"),
    Kind(
        "a private key",
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----",
        r"[^-]*(?:-(?!----)[^-]*)*(?=-----END)|[A-Za-z0-9+/=\s\\]+",
        r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----(?:\s|\\+[nr])+[A-Za-z0-9+/=]{40,}",
        is_word=False,
        hint="",
    ),
    Kind("a key of an API like OpenAI's", r"sk-(?:or|svcacct|admin|lf|litellm)-", r"[A-Za-z0-9_-]{12,}"),
    Kind("a key of an API like OpenAI's", r"sk-", r"[A-Za-z0-9]{16,}[A-Za-z0-9_-]*"),
    Kind(
        "a key of a model provider",
        r"(?:xai|pplx|nvapi|tvly|jina|pk-lf|r8|gsk|csk|fw|lsv2_[ps]t)[_-]",
        r"(?=[A-Za-z0-9_-]{0,64}[0-9])[A-Za-z0-9][A-Za-z0-9_-]{15,}|[A-Za-z0-9]{20,}",
        hint=r"[A-Za-z0-9][A-Za-z0-9_-]{15}",
    ),
    Kind("a Hugging Face token", r"hf_|api_org_", r"[A-Za-z0-9]{16,}"),
    Kind("a GitLab token", r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct|oas)-", r"[A-Za-z0-9_-]{12,}"),
    Kind("an npm token", r"npm_", r"[A-Za-z0-9]{16,}"),
    Kind("a PyPI token", r"pypi-", r"(?:AgE|[A-Za-z0-9]{16})[A-Za-z0-9_-]*"),
    Kind("a Google token", r"ya29\.|GOCSPX-", r"[A-Za-z0-9_-]{12,}"),
    Kind("a SendGrid key", r"SG\.", r"[A-Za-z0-9_-]{12,}(?:\.[A-Za-z0-9_-]*)?"),
    Kind("an ElevenLabs key", r"sk_", r"[a-f0-9]{32,}"),
    Kind("a Databricks token", r"dapi", r"[a-f0-9]{24,}"),
    Kind("a Mailgun key", r"key-", r"[a-f0-9]{24,}"),
    Kind("a Shopify token", r"shp(?:at|ca|pa|ss)_", r"[A-Fa-f0-9]{16,}"),
    Kind(
        "a token of a service",
        r"do[por]_v1_|dp\.pt\.|hv[sb]\.|PMAK-|figd_|lin_api_|ntn_|sntry[su]_|whsec_|dckr_pat_|rubygems_|AGE-SECRET-KEY-1",
        r"[A-Za-z0-9_-]{16,}",
    ),
    Kind("a Telegram token", "", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{30,}"),
    Kind(
        "a webhook",
        r"hooks\.slack\.com/(?:services|workflows)/|discord(?:app)?\.com/api/webhooks/",
        r"[A-Za-z0-9/_-]{12,}",
    ),
    Kind(
        "a JSON Web Token",
        rf"{_NOT_IN_A_RUN}eyJ",
        r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]{16,})?",
        hint=r"[A-Za-z0-9_-]{8,}\.",
    ),
    Kind(
        "a bearer token",
        r"(?i:bearer)\s{1,4}",
        r"(?=[^\s]{0,64}[0-9=])[A-Za-z0-9._~+/=-]{16,}",
        hint=r"[A-Za-z0-9._~+/=-]{16}",
        is_like_a_name=False,
    ),
    Kind(
        "a user name and a password",
        r"(?i:basic)\s{1,4}",
        r"(?=[^\s]{0,64}[0-9=])(?=[^\s]{0,64}[A-Z])(?=[^\s]{0,64}[a-z])[A-Za-z0-9+/]{12,}={0,2}",
        hint=r"[A-Za-z0-9+/]{12}",
        is_like_a_name=False,
    ),
    Kind(
        "credentials in a URL",
        r"://",
        rf"{_USERINFO}(?=@)|[A-Za-z0-9_-]{{20,}}(?=@)",
        is_word=False,
        hint=rf"(?:{_USERINFO}|[A-Za-z0-9_-]{{20,}})@",
        is_like_a_name=False,
    ),
    Kind(
        "credentials of a command",
        r"""(?:-u|--(?:proxy-)?user)[ =]["']?[^\s:"'\\]{1,64}:""",
        r"""[^\s"'\\]{6,}""",
        is_word=False,
        is_like_a_name=False,
    ),
    Kind(
        "a parameter of a URL",
        rf"[?&;](?i:[a-z_.-]{{0,32}}(?:{_NAMED}|key|sig|signature|auth))=",
        r"""[^\s"'`&#<>\\]{6,}""",
        is_word=False,
        is_like_a_name=False,
    ),
    Kind(
        "the value of a name",
        rf"""(?i:{_NAMED})["'`]?\s{{0,4}}[:=]\s{{0,4}}(?:[|>][+-]?\s{{1,40}})?["'`]?(?:(?i:bearer|basic|token|bot)\s{{1,4}})?""",
        rf"(?!toolu_|srvtoolu_|msg_|req_|claude-)(?={_KEY_CHARACTER}{{0,64}}[0-9])(?={_KEY_CHARACTER}{{0,64}}[A-Za-z])"
        rf"{_KEY_CHARACTER}{{8,}}",
        is_word=False,
        hint=rf"{_KEY_CHARACTER}{{8}}",
        is_like_a_name=False,
    ),
)
"""Every known form, the more specific ones first."""

ANY_SECRET: Final = "|".join(kind.alarm for kind in KINDS if kind.alarm is not None)
"""A pattern of all secrets that are reported."""

_EACH: Final = regex(
    "|".join(f"{'(?<![A-Za-z0-9])' if kind.is_word else ''}(?:{kind.prefix})({kind.body})" for kind in KINDS)
)
_NAME: Final = regex(rf"(?i:{_NAMED})$")


# Two expressions, because Python's engine tries thirty alternatives at each character. The Rust engine of the schemas
# tells a thousand times sooner (0.06 ms, not 67, for 40 kB) that a text holds no secret, but it has no look-around.
def _hints(kinds: Iterable[Kind]) -> str:
    """Return a pattern of the quick search: it matches every secret of some kinds, and a few other texts."""
    pattern = "|".join(
        f"(?:{kind.prefix.removeprefix(_NOT_IN_A_RUN)})(?:{kind.body if kind.hint is None else kind.hint})"
        for kind in kinds
    )
    # A repetition without an end is compiled in half the time.
    return re.sub(r"\{([01]),[0-9]+\}", lambda most: "*+"[int(most[1])], pattern)


_HINTS: Final = _hints(kind for kind in KINDS if kind.is_like_a_name)
_HINTS_IN_TEXT: Final = _hints(kind for kind in KINDS if not kind.is_like_a_name)
_OF_NAMES: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Characters of no width, which nobody sees in a key."""
_ESCAPES: Final = (
    rf"[{_INVISIBLE}]|\\(?:u(?:00[0-9aA]|1680|20[0-6]|3000|[fF][eE][fF][fF])|U000000[0-9aA]|x[0-9aA]|\r?\n)"
    r"|%[2-7][0-9A-Fa-f]|\x00"
)
"""A pattern of the quick search: an escape that spells a plain character or white space, which may be of a secret."""
_ESCAPE: Final = regex(
    r"\\{1,64}(?:(?:u|U0000|x)(?P<code>(?<=x)[0-9A-Fa-f]{2}|(?<!x)[0-9A-Fa-f]{4})|(?P<end>\r?\n[ \t]*)|(?P<char>[^\\]))"
    rf"|%(?P<percent>[2-7][0-9A-Fa-f])|[\x00{_INVISIBLE}]+"
)
"""Escapes of JSON, YAML, programs and URLs, at any depth of JSON in JSON; the zero bytes of UTF-16, and the like."""
_SIGNS: Final = f"\\%\0{_INVISIBLE}"
"""Of which an escape has one."""
_SPACES: Final = frozenset("nrtbf0N_e")
"""Letters that after a backslash stand for white space or a control character."""
_SPELLS_SPACE: Final = regex(rf"\\[{''.join(sorted(_SPACES))}]")
"""An escape with one of these letters."""
_CONTINUED: Final = regex(
    r"\s{1,40}(?=[^\s]{0,64}[0-9])(?=[^\s]{0,64}[A-Z])(?=[^\s]{0,64}[a-z])([A-Za-z0-9_+/=-]{20,})"
)
"""What looks like the rest of a secret that was broken into lines."""
_SECRET_OF_AWS: Final = regex(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_AWS: Final = re.compile("A[KS]IA")
_NEAR: Final = 128
"""Characters before and after an AWS access key id in which its secret is looked for."""
_MOST_ROUNDS: Final = 4
_SHORTEST: Final = 8
"""Characters of the shortest secret."""
_RUN: Final = regex(r"[A-Za-z0-9+/=_-]{8,}")
_PIECE: Final = 16_384
"""Characters of a piece for the quick search; only pieces with a hit are searched exactly."""
_AHEAD: Final = 4096
"""Characters that are enough to recognise a secret; the rest of it is hidden, however long it is."""


_NAME_LENGTH: Final = 40
"""Characters of texts that are remembered with what is left of them: the names of properties, which come again."""


def redacted(text: str) -> str:
    """Shorten the secrets in a text to the prefix that names their kind."""
    return _redacted_name(text) if len(text) <= _NAME_LENGTH else _replaced(text, len(text), lambda _: HIDDEN)


@lru_cache(maxsize=1024)
def _redacted_name(text: str) -> str:
    return _replaced(text, len(text), lambda _: HIDDEN)


def start_of(text: str, length: int) -> str:
    """Return the first `length` characters of a text, redacted; the text after them helps to recognise a secret."""
    return _replaced(text[: length + _AHEAD], length, lambda _: HIDDEN)


def masked(text: str) -> str:
    """Replace each character of the secrets in a text; line breaks stay."""
    return _replaced(text, len(text), _mask)


def masked_data(data: bytes) -> bytes:
    """Mask the secrets in the UTF-8 text of a file."""
    text = data.decode(errors="replace")
    hidden = masked(text)
    return data if hidden is text else hidden.encode()


def holds_secret(text: str) -> bool:
    """Whether a text holds a secret."""
    return bool(_hidden(text))


def without_lines_of_secrets(text: str, data: bytes) -> str:
    """Redact a message about broken text: pieces of secrets that only their context in the text gives away."""
    source = data.decode(errors="replace")
    for start, end in _hidden(source):
        for piece in _RUN.findall(source, start, end):
            text = re.sub(rf"{re.escape(piece[:_SHORTEST])}[A-Za-z0-9+/=_-]*", HIDDEN, text)
    return text


def names_secret(name: str) -> bool:
    """Whether a property's name says that its value is a secret, such as `password` or `authorization_token`."""
    return _NAME.search(name) is not None


def deeply_redacted(value: Any) -> Any:
    """Redact every string in plain values, keys too."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {deeply_redacted(key): deeply_redacted(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [deeply_redacted(item) for item in value]
    return value


def _mask(secret: str) -> str:
    return "".join(char if char in "\r\n" else MASK for char in secret)


def _replaced(text: str, length: int, sign: Callable[[str], str]) -> str:
    """Return the first `length` characters of a text with secrets replaced; the same object if nothing changes."""
    pieces: list[str] = []
    done = 0
    for start, end in _hidden(text):
        if start >= length:
            break
        pieces += [text[done:start], sign(text[start:end])]
        done = end
    if not pieces:
        return text if length >= len(text) else text[:length]
    return "".join([*pieces, text[done:length]])


def _hidden(text: str) -> list[tuple[int, int]]:
    """Return the ranges of a text to hide, sorted and disjoint."""
    if len(text) < _SHORTEST or not may_hold_secret(text):
        return []
    plain, original = _unescaped(text)
    found: list[tuple[int, int]] = []
    for _ in range(_MOST_ROUNDS):
        more = _apart(_stretches(plain))
        if not more:
            break
        found += more
        plain = _covered(plain, more)  # the rest may hold a secret that was not one beside the first
    return _apart((original(start), original(end)) for start, end in found)


def _apart(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge overlapping ranges, and sort them."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        elif end > start:
            apart.append((start, end))
    return apart


def _covered(text: str, stretches: list[tuple[int, int]]) -> str:
    """Return a text of the same length with some ranges hidden."""
    pieces: list[str] = []
    done = 0
    for start, end in stretches:
        pieces += [text[done:start], HIDDEN * (end - start)]
        done = end
    return "".join([*pieces, text[done:]])


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges to hide in a text without escapes."""
    done = 0
    for start in range(0, len(text), _PIECE):
        end, position = start + _PIECE, max(start, done)
        if position >= end or not _resembles_secret(text[position : end + _AHEAD]):
            continue
        while position < end:
            near = _EACH.search(text, position, end + _AHEAD)
            if near is None or near.start() >= end:
                break
            found = _EACH.match(text, near.start()) or near  # again without an end, as it may go on after the piece
            first, done = found.span(found.lastindex or 0)
            yield first, done
            while rest := _CONTINUED.match(text, done):
                yield rest.span(1)
                done = rest.end()
            if _AWS.match(text, found.start()):
                around = max(0, found.start() - _NEAR), done + _NEAR
                yield from (secret.span() for secret in _SECRET_OF_AWS.finditer(text, *around))
            position = max(done, near.start() + 1)


def _unescaped(text: str) -> tuple[str, Callable[[int], int]]:
    """Return a text without its escapes, and a function from offsets in that to offsets in the text."""
    if not any(sign in text for sign in _SIGNS):
        return text, lambda place: place
    pieces: list[str] = []
    places, originals = [0], [0]
    length = done = 0
    for escape in _ESCAPE.finditer(text):
        pieces += [text[done : escape.start()], _unescaped_character(escape)]
        done = escape.end()
        for piece, original in ((pieces[-2], escape.start()), (pieces[-1], done)):
            length += len(piece)
            places.append(length)
            originals.append(original)
    if not pieces:
        return text, lambda place: place

    def in_text(place: int) -> int:
        index = bisect_right(places, place) - 1
        return originals[index] + place - places[index]

    return "".join([*pieces, text[done:]]), in_text


def _unescaped_character(escape: re.Match[str]) -> str:
    code = escape["code"] or escape["percent"]
    if code is not None:
        decoded = chr(int(code, 16))
        return "" if decoded in _INVISIBLE else decoded
    char: str = escape["char"] or ""
    return " " if char in _SPACES else char


def may_hold_secret(text: str) -> bool:
    """Whether a text may hold a secret: a quick search."""
    if not any(sign in text for sign in _SIGNS):
        return _resembles_secret(text)
    # Most escapes are the line ends and quotes of JSON in JSON: it is quicker to read them alone.
    return _matches(_ESCAPES, text) or _resembles_secret(_SPELLS_SPACE.sub(" ", text).replace("\\", ""))


def _resembles_secret(text: str) -> bool:
    """Whether a text without escapes may hold a secret."""
    # The second pattern, which takes as long to compile as the first, is not needed for names.
    return _matches(_HINTS, text) or (text.strip(_OF_NAMES) != "" and _matches(_HINTS_IN_TEXT, text))


def _matches(pattern: str, text: str) -> bool:
    from .rust_regex import matches  # brings the engine, which a command without findings need not load

    try:
        return matches(pattern, text)
    except ValueError:  # half of a surrogate pair
        return True
