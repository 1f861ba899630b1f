"""Read the requests that shell scripts send with `curl`.

Variables are followed to the literal that they are bound to once and unconditionally, like the constants of a program;
everything else that the shell puts in is unknown.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..documents.comments import is_ours
from ..documents.written import Sent, Written, moved
from .bodies import is_foreign, open_if_cut
from .call import Call, Source
from .http import HOLE, endpoint_of_url, sent_to
from .json_text import value_of
from .mapped import Mapped
from .sdk import HOST
from .shell_words import Assignment, Block, Command, Hole, Piece, Word, read_script

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .shell_words import Redirection, Script

_DEEPEST: Final = 5
"""How many variables that name each other are followed."""
_MOST_BINDINGS: Final = 20
"""A variable with more bindings is unknown."""
_MOST_PARTS: Final = 10_000
"""The most parts of a word after its variables have been replaced."""
_WITH_VALUE: Final = frozenset("AbcCdDeEFhHKmoPQrtTuUwxXyYz")
"""The short options of curl that have a value."""
_LONG_WITH_VALUE: Final = frozenset(
    """
    abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout
    connect-to continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary
    data-raw data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header
    ech egd-file engine etag-compare etag-save expect100-timeout form form-string ftp-account
    ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip
    header hostpubmd5 hostpubsha256 hsts interface ipfs-gateway json keepalive-cnt keepalive-time key key-type
    krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs
    max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey postquote
    preproxy prequote proto proto-default proto-redir proxy proxy-header proxy-user proxy1.0 pubkey quote
    random-file range rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid
    service-name socks4 socks4a socks5 socks5-hostname speed-limit speed-time ssl-sessions stderr tls-max
    tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file url
    url-query user user-agent variable vlan-priority write-out
    """.split()  # noqa: SIM905 - a list of a hundred names, which is easier to read and to compare this way
)
"""The long options of curl that have a value; source: `curl --help all`, 8.15."""
_SHORT_NAMES: Final = {
    "d": "data",
    "X": "request",
    "H": "header",
    "F": "form",
    "G": "get",
    "K": "config",
    "I": "head",
    "T": "upload-file",
    ":": "next",
}
_DATA: Final = frozenset({"data", "data-ascii", "data-binary", "data-raw", "json"})
_UNREADABLE_DATA: Final = frozenset({"data-urlencode", "form", "form-string", "upload-file", "next"})
_FROM_INPUT: Final = ("@-", "@/dev/stdin", "@/dev/fd/0")
_PREFIXES: Final[dict[str, frozenset[str]]] = {
    "sudo": frozenset({"-u", "-g", "-h", "-p", "-C"}),
    "command": frozenset(),
    "builtin": frozenset(),
    "env": frozenset({"-u", "-C", "-S"}),
    "nohup": frozenset(),
    "exec": frozenset({"-a"}),
    "time": frozenset({"-f", "-o"}),
    "nice": frozenset({"-n"}),
    "timeout": frozenset({"-k", "-s"}),
    "stdbuf": frozenset({"-i", "-o", "-e"}),
}
"""Programs that run the program named by their arguments, and those of their options that have a value."""
_DECLARING: Final = frozenset({"export", "local", "readonly", "declare", "typeset"})
_LOCAL: Final = frozenset({b"local", b"declare", b"typeset"})
_BINDING: Final = frozenset({"read", "mapfile", "readarray", "getopts", "let", "unset"})
"""Commands that may change the variables named by their arguments."""
_LOOPS: Final = frozenset({"for", "select"})
_OPAQUE: Final = frozenset({"source", ".", "eval"})
"""Commands that may change every variable."""
_IDENTIFIER: Final = regex(r"[A-Za-z_]\w*")
_SPLITTING: Final = regex(rb"[\s*?\[]")
"""What the shell splits or expands in a variable without quotes."""
_BREAKING: Final = regex(rb"""[\x00-\x1f"\\]""")
"""What ends or breaks a string of JSON."""
_REFUSED: Final = regex(rb"""invalid_request_error|["']type["']\s*:\s*["']error["']""")
_BASH: Final = regex(rb"#![^\r\n]*\b(?:ba|z|k)sh\b")


def read(data: bytes, *, is_fragment: bool = False) -> Source:
    """Read the requests of a script.

    Args:
        data: The script in UTF-8.
        is_fragment: Whether it stands in documentation.
    """
    if HOST.encode() not in data:
        return Source()
    script = read_script(data, is_fragment=is_fragment)
    names = _Names(script)
    curl = _Curl(names, is_fragment=is_fragment, is_bash=is_fragment or _BASH.match(data) is not None)
    calls = sorted(curl.calls(script.commands), key=lambda call: call.start)
    _mark_refused(calls, data, script, is_fragment=is_fragment)
    return Source(calls, [place for place in script.comments if is_ours(data[place[0] : place[1]])])


def _mark_refused(calls: list[Call], data: bytes, script: Script, *, is_fragment: bool) -> None:
    """Mark the calls whose error is shown behind them: as output in documentation, in a comment in a script."""
    if is_fragment:
        shown = [match.start() for match in _REFUSED.finditer(data)]
    else:
        shown = [start for start, end in script.comments if _REFUSED.search(data, start, end)]
    number = 0
    for index, call in enumerate(calls):
        following = calls[index + 1].start if index + 1 < len(calls) else len(data)
        while number < len(shown) and shown[number] < call.end:
            number += 1
        call.is_refused_on_purpose = number < len(shown) and shown[number] < following


@dataclass(slots=True)
class _Binding:
    start: int
    value: Word | None
    block: Block
    is_certain: bool
    is_local: bool = False
    """Whether it ends with its function."""


class _Names:
    """The variables of a script."""

    def __init__(self, script: Script) -> None:
        self._bindings: dict[str, list[_Binding]] = {}
        self._opaque: list[int] = []
        for command in script.commands:
            for name, value in self._bound_by(command):
                is_local = bool(command.words) and command.words[0].literal in _LOCAL
                binding = _Binding(command.start, value, command.block, command.is_certain, is_local)
                self._bindings.setdefault(name, []).append(binding)
        self._opaque.sort()
        for name, start in script.changed:
            self._bindings.setdefault(name, []).append(_Binding(start, None, Block("script"), is_certain=False))

    def _bound_by(self, command: Command) -> Iterator[Assignment]:
        if not command.words:
            yield from command.assignments
            return
        program = _text_of(command.words[0].parts)
        arguments = command.words[1:]
        if program in _OPAQUE:
            self._opaque.append(command.start)
        elif program in _DECLARING:
            for word in arguments:
                yield from _declared(word)
        elif program in _LOOPS:
            yield from [Assignment(_text_of(word.parts), None) for word in arguments[:1]]
        elif program in _BINDING or (program == "printf" and arguments and _text_of(arguments[0].parts) == "-v"):
            value = _read_whole(command) if program == "read" else None
            if value is not None:
                arguments = arguments[-1:]
            for word in arguments:
                for name in _IDENTIFIER.findall(_text_of(word.parts)):
                    yield Assignment(name, value)

    def value_of(self, name: str, use: Command) -> Word | None:
        """Return what a variable holds where a command uses it; None if that is not certain."""
        binding = _only(self._bindings.get(name, []), use)
        if binding is None:
            return None
        is_before = binding.value is not None and binding.is_certain and binding.start < use.start
        opaque = bisect_left(self._opaque, binding.start)
        if not is_before or (opaque < len(self._opaque) and self._opaque[opaque] < use.start):
            return None
        block: Block | None = use.block
        while block is not None and block is not binding.block:
            block = block.parent
        return binding.value if block is not None else None


def _only(bindings: list[_Binding], use: Command) -> _Binding | None:
    """Return the only binding that a command can see; None if there are several."""
    if len(bindings) == 1 or len(bindings) > _MOST_BINDINGS:
        return bindings[0] if len(bindings) == 1 else None
    # Other functions may have local variables of the same name.
    function = _outermost(use.block)
    inside = [binding for binding in bindings if _outermost(binding.block) is function]
    others = [binding for binding in bindings if _outermost(binding.block) is not function]
    is_own = function is not None and len(inside) == 1 and inside[0].is_local
    return inside[0] if is_own and all(binding.is_local for binding in others) else None


def _outermost(block: Block) -> Block | None:
    """Return the outermost compound command around a command, which is its function if it has one."""
    outermost: Block | None = None
    while block.parent is not None:
        outermost, block = block, block.parent
    return outermost


def _declared(word: Word) -> Iterator[Assignment]:
    """Return the assignment in an argument of `export` and the like."""
    first = word.parts[0] if word.parts else None
    if not isinstance(first, Piece):
        return
    name, equals, rest = first.text.partition(b"=")
    if not equals or not _IDENTIFIER.fullmatch(name.decode(errors="replace")):
        if name.endswith(b"+"):
            yield Assignment(name[:-1].decode(errors="replace"), None)
        return
    # Bash does not split the values of these assignments either.
    others = [replace(part, is_quoted=True) if isinstance(part, Hole) else part for part in word.parts[1:]]
    parts = [Piece(rest, first.end - len(rest), first.end), *others] if rest else others
    yield Assignment(name.decode(), Word(first.end - len(rest), word.end, parts))


def _read_whole(command: Command) -> Word | None:
    """Return the heredoc that `read -r -d '' NAME <<EOF` reads into its only variable."""
    texts = [word.literal for word in command.words[1:]]
    options = texts[:-1]
    reads_all = options in ([b"-r", b"-d", b""], [b"-d", b"", b"-r"], [b"-rd", b""], [b"-d", b"$\\0"])
    heredoc = _given_text(command.redirections)
    return heredoc if reads_all and heredoc is not None else None


def _given_text(redirections: list[Redirection]) -> Word | None:
    """Return the text that a command's own redirections give to its input."""
    inputs = [redirection for redirection in redirections if redirection.operator.startswith(b"<")]
    return inputs[0].word if len(inputs) == 1 and inputs[0].operator in (b"<<", b"<<-", b"<<<") else None


def _text_of(parts: Iterable[Piece | Hole]) -> str:
    """Return the text of a word with a mark for each hole."""
    pieces = [part.text if isinstance(part, Piece) else HOLE.encode() for part in parts]
    return b"".join(pieces).decode(errors="replace")


@dataclass(slots=True)
class _Argument:
    """A value of an option of curl: a word, or the rest of one."""

    parts: list[Piece | Hole]
    start: int
    end: int

    @property
    def text(self) -> str:
        return _text_of(self.parts)


@dataclass(slots=True)
class _Options:
    """The arguments of curl that matter."""

    urls: list[_Argument] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    data: list[tuple[str, _Argument]] = field(default_factory=list)
    method: str | None = None
    has_unreadable_data: bool = False
    has_unknown: bool = False
    """Whether there may be more options."""
    is_get: bool = False


class _Curl:
    """Reads the commands that call curl."""

    def __init__(self, names: _Names, *, is_fragment: bool, is_bash: bool, is_careful: bool = False) -> None:
        self._names = names
        self._is_fragment = is_fragment
        self._is_bash = is_bash
        # A text of several lines, put into JSON, breaks it; what is around it can be read all the same.
        self._is_careful = is_careful

    def calls(self, commands: Iterable[Command]) -> Iterator[Call]:
        """Yield the calls of the Messages API."""
        for command in commands:
            arguments = self._arguments(command)
            if arguments is not None:
                yield from self._call(command, arguments)

    def _arguments(self, command: Command) -> list[Word] | None:
        """Return curl's arguments; None if the command does not call curl."""
        words = command.words
        at = 0
        while at < len(words):
            program = _text_of(self._followed(words[at], command)).rpartition("/")[2]
            if program in ("curl", "curl.exe"):
                command.start = words[at].start
                return words[at + 1 :]
            if program not in _PREFIXES:
                return None
            at = _behind_options(words, at + 1, _PREFIXES[program], is_env=program == "env")
            at += program == "timeout"
        return None

    def _followed(self, word: Word, use: Command, depth: int = 0) -> list[Piece | Hole]:
        """Return the parts of a word with the literals that its variables are bound to."""
        parts: list[Piece | Hole] = []
        for part in word.parts:
            if isinstance(part, Piece):
                parts.append(part)
                continue
            value = self._put_in(part, use, depth) if depth < _DEEPEST else None
            is_inside = self._is_careful and len(word.parts) > 1
            parts.extend([part] if value is None or (is_inside and _is_breaking(value)) else value)
            if len(parts) > _MOST_PARTS:
                return list(word.parts)
        return parts

    def _put_in(self, hole: Hole, use: Command, depth: int) -> list[Piece | Hole] | None:
        """Return what the shell puts in for a hole; None if that is unknown."""
        if hole.commands is not None:
            parts = self._output(hole.commands, depth)
        elif hole.name is not None and (value := self._names.value_of(hole.name, use)) is not None:
            parts = self._followed(value, use, depth + 1)
        else:
            return None
        is_split = not hole.is_quoted and any(isinstance(part, Hole) or _SPLITTING.search(part.text) for part in parts)
        return None if is_split or not parts else parts

    def _output(self, commands: list[Command], depth: int) -> list[Piece | Hole]:
        """Return what `$(cat <<EOF …)` or `$(echo …)` writes; nothing if that is unknown."""
        if len(commands) != 1:
            return []
        parts = list(self._written_by(commands[0], depth))
        while parts and isinstance(last := parts[-1], Piece):
            text = last.text.rstrip(b"\n")
            parts.pop()
            if text:
                cut = len(last.text) - len(text)
                is_plain = len(last.text) == last.end - last.start
                parts.append(Piece(text, last.start, last.end - cut if is_plain else last.end))
                break
        return parts

    def _written_by(self, command: Command, depth: int) -> list[Piece | Hole]:
        """Return what a command writes to its output; nothing if that is unknown."""
        texts = [_text_of(word.parts) for word in command.words[:3]]
        if not texts or any(not redirection.operator.startswith(b"<") for redirection in command.redirections):
            return []
        if texts in (["cat"], ["cat", "-"]):
            given = self._input(command, depth + 1)
            return [] if given is None else given
        parts: list[Piece | Hole] = []
        if texts[0] == "echo" and len(command.words) - (texts[1:2] == ["-n"]) == 2:  # noqa: PLR2004 - and its argument
            parts = self._followed(command.words[-1], command, depth + 1)
            # `echo` of dash replaces escapes, that of bash does not.
            is_certain = self._is_bash or not any(isinstance(part, Piece) and b"\\" in part.text for part in parts)
            return parts if is_certain else []
        if texts[0] == "printf" and texts[1:2] in (["%s"], ["%s\\n"]) and len(command.words) == 3:  # noqa: PLR2004
            parts = self._followed(command.words[2], command, depth + 1)
        elif texts[0] == "printf" and len(command.words) == 2:  # noqa: PLR2004
            parts = self._followed(command.words[1], command, depth + 1)
            if any(isinstance(part, Hole) or b"%" in part.text or b"\\" in part.text for part in parts):
                return []
        return parts

    def _input(self, command: Command, depth: int = 0) -> list[Piece | Hole] | None:
        """Return the text of a command's input; None if it is unknown."""
        if depth > _DEEPEST:
            return None
        given = _given_text(command.redirections)
        if given is not None:
            return self._followed(given, command, depth)
        is_redirected = any(redirection.operator.startswith(b"<") for redirection in command.redirections)
        if is_redirected or command.source is None:
            return None
        return self._written_by(command.source, depth) or None

    def _call(self, command: Command, arguments: list[Word]) -> Iterator[Call]:
        options = self._options(command, arguments)
        endpoint = next((found for url in options.urls if (found := endpoint_of_url(url.text))), None)
        if endpoint is None or options.is_get or not self._is_posted(options):
            return
        body, end = self._body(command, options)
        if body.unknown is not None and not self._is_careful:
            careful = _Curl(self._names, is_fragment=self._is_fragment, is_bash=self._is_bash, is_careful=True)
            yield from careful._call(command, arguments)
            return
        if is_foreign(body):
            return
        if self._is_fragment:
            open_if_cut(body)
        yield Call(command.start, max(command.end, end), body, self._sent(endpoint, options), syntax="json")

    def _is_posted(self, options: _Options) -> bool:
        has_data = bool(options.data) or options.has_unreadable_data
        if options.method is not None and HOLE not in options.method:
            return options.method.upper() == "POST"
        return has_data or options.has_unknown

    def _sent(self, endpoint: str, options: _Options) -> Sent:
        headers: list[tuple[str, str | None]] = []
        are_all_known = not options.has_unknown
        for header in options.headers:
            name, _, value = header.partition(":")
            are_all_known = are_all_known and HOLE not in name and not name.startswith("@")
            headers.append((name, None if HOLE in value else value))
        return sent_to(endpoint, headers, are_all_known=are_all_known)

    def _options(self, command: Command, arguments: list[Word]) -> _Options:
        options = _Options()
        waiting = iter(arguments)
        for word in waiting:
            parts = self._followed(word, command)
            text = _text_of(parts)
            is_many = any(isinstance(part, Hole) and not part.is_quoted for part in parts) or text == HOLE
            if text.startswith(HOLE):
                options.has_unknown = options.has_unknown or is_many
                options.urls.append(_Argument(parts, word.start, word.end))
            elif text.startswith("--"):
                self._long(options, text, word, parts, command, waiting)
            elif text.startswith("-") and len(text) > 1:
                self._short(options, text, word, parts, command, waiting)
            elif text in ("...", "\u2026"):
                options.has_unknown = True
            else:
                options.urls.append(_Argument(parts, word.start, word.end))
        return options

    def _next(self, command: Command, waiting: Iterator[Word]) -> _Argument | None:
        word = next(waiting, None)
        return None if word is None else _Argument(self._followed(word, command), word.start, word.end)

    def _long(  # noqa: PLR0917 - the word in its three forms
        self,
        options: _Options,
        text: str,
        word: Word,
        parts: list[Piece | Hole],
        command: Command,
        waiting: Iterator[Word],
    ) -> None:
        name, equals, _ = text[2:].partition("=")
        if equals and name in _LONG_WITH_VALUE:
            self._set(options, name, _rest(word, parts, len(name) + 3))
        elif name in _LONG_WITH_VALUE:
            self._set(options, name, self._next(command, waiting))
        else:
            self._set(options, name, None)

    def _short(  # noqa: PLR0917
        self,
        options: _Options,
        text: str,
        word: Word,
        parts: list[Piece | Hole],
        command: Command,
        waiting: Iterator[Word],
    ) -> None:
        """Read a word of short options: flags, and one with a value at its end."""
        for number, letter in enumerate(text[1:], 1):
            name = _SHORT_NAMES.get(letter, letter)
            if letter in _WITH_VALUE:
                is_last = number == len(text) - 1
                value = (
                    self._next(command, waiting) if is_last else _rest(word, parts, len(text[: number + 1].encode()))
                )
                self._set(options, name, value)
                return
            if letter == HOLE:
                options.has_unknown = True
                return
            self._set(options, name, None)

    def _set(self, options: _Options, name: str, value: _Argument | None) -> None:
        if name in _DATA:
            options.data += [(name, value)] if value is not None else []
            options.has_unreadable_data = options.has_unreadable_data or value is None
        elif name in _UNREADABLE_DATA:
            options.has_unreadable_data = True
        elif name == "header" and value is not None:
            options.headers.append(value.text)
        elif name == "request" and value is not None:
            options.method = value.text.strip()
        elif name == "url" and value is not None:
            options.urls.append(value)
        elif name in ("get", "head"):
            options.is_get = True
        elif name == "config":
            options.has_unknown = True

    def _body(self, command: Command, options: _Options) -> tuple[Written, int]:
        """Return the body, and where its text ends."""
        nothing = Written(command.start, command.end, unknown="any", is_editable=False)
        if len(options.data) != 1 or options.has_unreadable_data:
            return nothing, 0
        name, value = options.data[0]
        text = value.text
        parts: list[Piece | Hole] | None = value.parts
        if name != "data-raw" and text.startswith("@"):
            parts = self._input(command) if text in _FROM_INPUT else None
        nothing = Written(value.start, value.end, unknown="any", is_editable=False)
        if not parts:
            return nothing, 0
        end = max((redirection.word.end for redirection in command.redirections), default=0)
        mapped, holes = _mapped(parts)
        body = value_of(mapped.data, holes, is_fragment=self._is_fragment)
        if body is None:
            return nothing, end
        return moved(body, mapped.start_of, mapped.end_of, mapped.is_plain), end


def _is_breaking(parts: Iterable[Piece | Hole]) -> bool:
    """Whether a text would end or break the string of JSON that it is put into."""
    return any(isinstance(part, Piece) and _BREAKING.search(part.text) for part in parts)


def _behind_options(words: list[Word], at: int, with_value: frozenset[str], *, is_env: bool) -> int:
    """Return the index of the first word that is not an option of a prefix such as `sudo`."""
    while at < len(words):
        text = _text_of(words[at].parts)
        if text in with_value:
            at += 2
        elif text.startswith("-") or (is_env and "=" in text):
            at += 1
        else:
            break
    return at


def _rest(word: Word, parts: list[Piece | Hole], length: int) -> _Argument:
    """Return a word without its first `length` bytes, which are an option and have no hole."""
    rest: list[Piece | Hole] = []
    start = word.start
    for part in parts:
        if length and isinstance(part, Piece):
            cut = min(length, len(part.text))
            length -= cut
            start = part.start + cut
            if cut < len(part.text):
                rest.append(Piece(part.text[cut:], start, part.end))
        else:
            rest.append(part)
    return _Argument(rest, start, word.end)


def _mapped(parts: Iterable[Piece | Hole]) -> tuple[Mapped, list[tuple[int, int]]]:
    """Join the parts of a word; returns the text with the ranges of its holes."""
    mapped = Mapped()
    holes = []
    length = 0
    for part in parts:
        if isinstance(part, Piece):
            mapped.add(part.text, part.start, part.end)
            length += len(part.text)
        else:
            mapped.add(b"?", part.start, part.end)
            holes.append((length, length + 1))
            length += 1
    return mapped, holes
