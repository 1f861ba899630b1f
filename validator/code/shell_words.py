"""A lexer of shell scripts that keeps the place of every byte of every word.

It understands what scripts around `curl` are made of: quotes, escapes, expansions, substitutions, heredocs, pipes and
compound commands (the latter only to know which commands run unconditionally). A text that it cannot follow ends the
reading; commands before that place are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_DEEPEST: Final = 40
"""The deepest nesting of substitutions that is followed."""
_MOST_BLOCKS: Final = 100
"""The deepest nesting of compound commands that is followed."""
_MOST_RECOVERIES: Final = 20
"""How often the lexer starts again behind a quote that does not end; text between commands has apostrophes."""

_BLANK: Final = re.compile(rb"(?:[ \t]|\r(?!\n)|\\\r?\n)*")
_BARE: Final = re.compile(rb"[^ \t\r\n;&|<>()\"'$`\\]+")
_IN_DOUBLE: Final = re.compile(rb"[^\"$`\\]+")
_IN_HEREDOC: Final = re.compile(rb"[^$`\\]+")
_IN_LINE: Final = re.compile(rb"[^$`\\\n]*\n|[^$`\\\n]+")
_IN_ANSI: Final = re.compile(rb"[^'\\]+")
_ANSI_ESCAPE: Final = re.compile(
    rb"\\(?:x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|c[\x00-\x7f]|[\x00-\x7f])"
)
_ANSI: Final = {
    b"a": b"\a",
    b"b": b"\b",
    b"e": b"\x1b",
    b"E": b"\x1b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
    b"\\": b"\\",
    b"'": b"'",
    b'"': b'"',
    b"?": b"?",
}
_LAST_CHARACTER: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)
_NAME: Final = re.compile(rb"\$([A-Za-z_][A-Za-z0-9_]*)")
_BRACED_NAME: Final = re.compile(rb"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ASSIGNING: Final = re.compile(rb"\$\{([A-Za-z_][A-Za-z0-9_]*):?=")
_SPECIAL: Final = re.compile(rb"\$[0-9@*#?$!-]")
_IN_BRACES: Final = re.compile(rb"\\.|\$\{|\}", re.DOTALL)
_PARENTHESIS: Final = re.compile(rb"[()]")
_TICK: Final = re.compile(rb"\\.|`", re.DOTALL)
_COMMENT: Final = re.compile(rb"#[^\r\n]*")
_ASSIGNMENT: Final = re.compile(rb"([A-Za-z_][A-Za-z0-9_]*)(\[[^\]\n]*\])?(\+?)=")
_REDIRECTION: Final = re.compile(rb"(?:[0-9]+|&)?(?:<<<|<<-|<<|<>|<&|>>|>&|>\||<|>)")
_OPERATOR: Final = re.compile(rb";;&?|;&|;|&&|\|\||\|&|\||&")
_LINE_END: Final = re.compile(rb"\r?\n")
_TABS: Final = re.compile(rb"\t*")
_ARITHMETIC_NAME: Final = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


class Piece(NamedTuple):
    """Literal text of a word, and its byte range in the file; an escape is a piece of its own."""

    text: bytes
    start: int
    end: int


@dataclass(eq=False, slots=True)
class Hole:
    """A part of a word that the shell puts in."""

    start: int
    end: int
    name: str | None = None
    """The variable of `$X` and `${X}`."""
    commands: list[Command] | None = None
    """The commands of `$(…)`."""
    is_quoted: bool = False


@dataclass(eq=False, slots=True)
class Word:
    """A word of a command, without its quotes."""

    start: int
    end: int
    parts: list[Piece | Hole] = field(default_factory=list)
    is_quoted: bool = False
    """Whether a part of it is quoted."""

    @property
    def literal(self) -> bytes | None:
        """Its text; None if it has a hole."""
        texts = [part.text for part in self.parts if isinstance(part, Piece)]
        return b"".join(texts) if len(texts) == len(self.parts) else None


@dataclass(eq=False, slots=True)
class Redirection:
    """A redirection; that of a heredoc has the text as its word."""

    operator: bytes
    word: Word


@dataclass(eq=False, slots=True)
class Block:
    """A part of a script whose commands run under the same conditions."""

    kind: str
    parent: Block | None = None


class Assignment(NamedTuple):
    """`NAME=value`; the value of anything but a plain assignment is None."""

    name: str
    value: Word | None


@dataclass(eq=False, slots=True)
class Command:
    """A simple command."""

    start: int
    end: int
    block: Block
    words: list[Word] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    redirections: list[Redirection] = field(default_factory=list)
    source: Command | None = None
    """The command that writes into this one's input; one without words if it is a compound command."""
    is_certain: bool = True
    """Whether it runs in the shell itself whenever its block does: not behind `&&` and `||`, not in a pipe."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it has been read."""
        return not (self.words or self.assignments or self.redirections)


@dataclass(slots=True)
class Script:
    """What a script consists of."""

    commands: list[Command] = field(default_factory=list)
    """All simple commands, also those of substitutions, in the order in which they end."""
    comments: list[tuple[int, int]] = field(default_factory=list)
    changed: list[tuple[str, int]] = field(default_factory=list)
    """Variables that an expansion or arithmetic may change, and where."""


def read_script(data: bytes, *, is_fragment: bool = False) -> Script:
    """Split a script into commands.

    Args:
        data: The text.
        is_fragment: Whether it stands in documentation, where the output of commands may be between them.
    """
    lexer = _Lexer(data)
    for _ in range(_MOST_RECOVERIES if is_fragment else 1):
        stopped = lexer.read()
        line_end = 0 if stopped is None else data.find(b"\n", stopped) + 1
        if not line_end:
            break
        lexer.restart(line_end)
    return lexer.script


class _UnfinishedError(Exception):
    """A quote or substitution does not end."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


class _TooDeepError(Exception):
    """The script is nested too deeply."""


class _Heredoc(NamedTuple):
    redirection: Redirection
    delimiter: bytes
    is_plain: bool
    has_tabs: bool


_OPENERS: Final = {b"if": "if", b"while": "loop", b"until": "loop", b"{": "group"}
_HEADED: Final = {b"for": "loop", b"select": "loop", b"case": "case"}
"""Compound commands that begin with words of their own, which are kept as a command."""
_CLOSERS: Final = {b"fi": "if", b"done": "loop", b"}": "group", b"esac": "case"}
_BRANCHES: Final = {b"then": "if", b"elif": "if", b"else": "if", b"do": "loop"}
_PREFIXES: Final = (b"!", b"time", b"$", b"%", b"coproc")
"""Words before a command, among them the prompts that documentation shows."""


class _Frame:
    """The state of one list of commands: the script, or that of a substitution."""

    def __init__(self, block: Block, at: int) -> None:
        self.found: list[Command] = []
        self.blocks = [block]
        self.command = Command(at, at, block)
        self.heredocs: list[_Heredoc] = []
        self.source: Command | None = None
        self.is_conditional = False

    @property
    def block(self) -> Block:
        return self.blocks[-1]

    def push(self, kind: str) -> None:
        if len(self.blocks) > _MOST_BLOCKS:
            raise _TooDeepError
        self.blocks.append(Block(kind, self.block))

    def pop(self, kind: str) -> None:
        if len(self.blocks) > 1 and self.block.kind == kind:
            self.blocks.pop()

    def branch(self, kind: str) -> None:
        """Begin another part of the innermost compound command."""
        if len(self.blocks) > 1 and self.block.kind == kind:
            self.blocks[-1] = Block(kind, self.blocks[-2])


class _Lexer:
    def __init__(self, data: bytes) -> None:
        self.script = Script()
        self._data = data
        self._at = 0
        self._limit = len(data)

    def read(self) -> int | None:
        """Read to the end, or return where the text begins that cannot be read."""
        try:
            self.commands(None, Block("script"), 0)
        except _UnfinishedError as error:
            return error.start
        except _TooDeepError:
            pass
        return None

    def restart(self, at: int) -> None:
        """Continue at a place behind what could not be read."""
        self._at = at
        self._limit = len(self._data)

    def commands(self, closer: bytes | None, block: Block, depth: int) -> list[Command]:  # noqa: C901, PLR0912 - one for each token
        """Read commands up to a closing parenthesis, or up to the limit."""
        if depth > _DEEPEST:
            raise _TooDeepError
        data = self._data
        first = self._at
        frame = _Frame(block, first)
        while True:
            self._skip(_BLANK)
            if self._at >= self._limit:
                if closer is not None:
                    raise _UnfinishedError(first)
                self._finish(frame)
                return frame.found
            byte = data[self._at : self._at + 1]
            if byte in b"\r\n":
                self._line_end(frame, depth)
            elif byte == b"#":
                start = self._at
                self._skip(_COMMENT)
                self.script.comments.append((start, self._at))
            elif byte == b"(":
                self._parenthesis(frame)
            elif byte == b")":
                self._at += 1
                if frame.block.kind in ("(", "case"):
                    self._finish(frame)
                    frame.pop("(")
                    frame.branch("case")
                elif closer is not None:
                    self._finish(frame)
                    return frame.found
            elif self._redirected(frame, depth):
                pass
            elif match := _OPERATOR.match(data, self._at, self._limit):
                self._at = match.end()
                self._operator(frame, match[0])
            else:
                self._command_word(frame, depth)

    def _skip(self, pattern: re.Pattern[bytes]) -> None:
        match = pattern.match(self._data, self._at, self._limit)
        if match:
            self._at = match.end()

    def _finish(self, frame: _Frame) -> None:
        """End the current command."""
        command = frame.command
        if not command.is_empty:
            frame.found.append(command)
            self.script.commands.append(command)
        frame.command = Command(self._at, self._at, frame.block)
        frame.source = None
        frame.is_conditional = False

    def _line_end(self, frame: _Frame, depth: int) -> None:
        if frame.command.is_empty:
            # The source of a pipe and `&&` reach over the end of a line.
            frame.command = Command(self._at, self._at, frame.block)
        else:
            self._finish(frame)
        self._at += 1 if self._data[self._at] == ord("\n") else 2
        heredocs, frame.heredocs = frame.heredocs, []
        for heredoc in heredocs:
            self._heredoc(heredoc, depth)

    def _operator(self, frame: _Frame, operator: bytes) -> None:
        command = frame.command
        if operator in (b"|", b"|&"):
            command.is_certain = False
        self._finish(frame)
        if operator in (b"|", b"|&"):
            frame.source = command
        frame.is_conditional = operator in (b"&&", b"||", b"|", b"|&")
        if operator.startswith(b";;"):
            frame.branch("case")

    def _parenthesis(self, frame: _Frame) -> None:
        start = self._at
        words = frame.command.words
        if self._data.startswith(b"((", start) and not words:
            self._balanced(start + 1)
            names = _ARITHMETIC_NAME.finditer(self._data, start, self._at)
            self.script.changed += [(name[0].decode(), start) for name in names]
            return
        self._at += 1
        self._skip(_BLANK)
        if (len(words) == 1 or _is_function(words)) and self._data.startswith(b")", self._at):
            # The head of a function: its body begins with `{`.
            self._at += 1
            frame.command = Command(self._at, self._at, frame.block)
            return
        self._finish(frame)
        frame.push("(")

    def _balanced(self, start: int) -> None:
        """Go behind the parenthesis that closes the one at `start`."""
        depth = 0
        for match in _PARENTHESIS.finditer(self._data, start, self._limit):
            depth += 1 if match[0] == b"(" else -1
            if not depth:
                self._at = match.end()
                if self._data.startswith(b")", self._at) and self._data.startswith(b"(", start - 1):
                    self._at += 1
                return
        raise _UnfinishedError(start)

    def _redirected(self, frame: _Frame, depth: int) -> bool:
        match = _REDIRECTION.match(self._data, self._at, self._limit)
        if match is None or self._data[match.end() - 1 : match.end() + 1] in (b"<(", b">("):
            return False
        start = self._at
        self._at = match.end()
        operator = match[0].lstrip(b"0123456789&")
        self._skip(_BLANK)
        word = self._word(frame, depth)
        redirection = Redirection(operator, word)
        if operator in (b"<<", b"<<-"):
            delimiter = self._data[word.start : word.end] if word.literal is None else word.literal
            frame.heredocs.append(_Heredoc(redirection, delimiter, word.is_quoted, operator == b"<<-"))
        command = self._begun(frame, start)
        command.redirections.append(redirection)
        command.end = self._at
        return True

    def _begun(self, frame: _Frame, start: int) -> Command:
        """Return the current command, which has a part at `start`."""
        command = frame.command
        if command.is_empty:
            command = Command(start, start, frame.block, source=frame.source)
            command.is_certain = not frame.is_conditional
            frame.command = command
        return command

    def _command_word(self, frame: _Frame, depth: int) -> None:
        start = self._at
        if not frame.command.words:
            match = _ASSIGNMENT.match(self._data, start, self._limit)
            if match:
                self._at = match.end()
                value = self._word(frame, depth, is_value=True)
                command = self._begun(frame, start)
                command.assignments.append(Assignment(match[1].decode(), None if match[2] or match[3] else value))
                command.end = self._at
                return
        word = self._word(frame, depth)
        if self._at == start:
            # A character without a meaning here.
            self._at += 1
            return
        if _is_function(frame.command.words) and word.literal == b"{":
            frame.command = Command(start, start, frame.block)
        if not frame.command.words and not word.is_quoted and self._reserved(frame, word):
            return
        command = self._begun(frame, start)
        command.words.append(word)
        command.end = word.end

    def _reserved(self, frame: _Frame, word: Word) -> bool:
        """Handle a word of the shell's grammar; return whether it is left out of the command."""
        text = word.literal
        if text in _OPENERS:
            frame.push(_OPENERS[text])
        elif text in _CLOSERS:
            frame.pop(_CLOSERS[text])
            # Its output is that of all commands in it, also for a pipe.
            frame.source = None
            frame.command = Command(word.start, word.end, frame.block)
            return True
        elif text in _BRANCHES:
            frame.branch(_BRANCHES[text])
        elif text in _HEADED:
            self._begun(frame, word.start).words.append(word)
            frame.push(_HEADED[text])
            return True
        else:
            return text in _PREFIXES
        frame.command = Command(word.start, word.end, frame.block)
        return True

    def _word(self, frame: _Frame, depth: int, *, is_value: bool = False) -> Word:  # noqa: C901 - one for each quote
        data = self._data
        start = self._at
        word = Word(start, start)
        while self._at < self._limit:
            at = self._at
            byte = data[at : at + 1]
            if byte == b"'":
                end = data.find(b"'", at + 1, self._limit)
                if end < 0:
                    raise _UnfinishedError(at)
                word.is_quoted = True
                if end > at + 1:
                    word.parts.append(Piece(data[at + 1 : end], at + 1, end))
                self._at = end + 1
            elif byte == b'"' or data.startswith(b'$"', at):
                word.is_quoted = True
                self._at += 1 if byte == b'"' else 2
                self._double(word, frame, depth, at)
            elif data.startswith(b"$'", at):
                word.is_quoted = True
                self._ansi(word)
            elif byte in b"$`":
                # The value of an assignment is not split at its blanks.
                self._expansion(word, frame, depth, is_quoted=is_value)
            elif byte == b"\\":
                self._escaped(word)
            elif byte == b"(" and is_value and at == start:
                self._at += 1
                self.commands(b")", Block("array", frame.block), depth + 1)
                word.parts.append(Hole(at, self._at))
            elif data[at : at + 2] in (b"<(", b">("):
                self._at += 2
                self.commands(b")", Block("substitution", frame.block), depth + 1)
                word.parts.append(Hole(at, self._at))
            elif match := _BARE.match(data, at, self._limit):
                word.parts.append(Piece(match[0], at, match.end()))
                self._at = match.end()
            else:
                break
        word.end = self._at
        return word

    def _escaped(self, word: Word) -> None:
        """Read a backslash outside of quotes."""
        at = self._at
        line_end = _LINE_END.match(self._data, at + 1, self._limit)
        if line_end:
            self._at = line_end.end()
            return
        self._at = min(at + 2, self._limit)
        word.is_quoted = True
        word.parts.append(Piece(self._data[at + 1 : self._at] or b"\\", at, self._at))

    def _double(self, word: Word, frame: _Frame, depth: int, start: int) -> None:
        """Read the inside of double quotes, and the closing one."""
        while self._at < self._limit:
            if self._data[self._at] == ord('"'):
                self._at += 1
                return
            self._expanded(word, frame, depth, _IN_DOUBLE, b'"')
        raise _UnfinishedError(start)

    def _expanded(self, word: Word, frame: _Frame, depth: int, plain: re.Pattern[bytes], quote: bytes) -> None:
        """Read a part of a text with expansions: plain text, an escape, or one expansion."""
        data, at = self._data, self._at
        match = plain.match(data, at, self._limit)
        if match:
            word.parts.append(Piece(match[0], at, match.end()))
            self._at = match.end()
        elif data[at] != ord("\\"):
            self._expansion(word, frame, depth, is_quoted=True)
        elif line_end := _LINE_END.match(data, at + 1, self._limit):
            self._at = line_end.end()
        elif at + 1 < self._limit and data[at + 1] in b"$`\\" + quote:
            word.parts.append(Piece(data[at + 1 : at + 2], at, at + 2))
            self._at = at + 2
        else:
            word.parts.append(Piece(b"\\", at, at + 1))
            self._at = at + 1

    def _ansi(self, word: Word) -> None:
        """Read `$'…'`."""
        start = self._at
        self._at += 2
        while self._at < self._limit:
            at = self._at
            if self._data[at] == ord("'"):
                self._at += 1
                return
            match = _IN_ANSI.match(self._data, at, self._limit)
            if match:
                word.parts.append(Piece(match[0], at, match.end()))
            else:
                match = _ANSI_ESCAPE.match(self._data, at, self._limit)
                if match is None:
                    word.parts.append(Piece(b"\\", at, at + 1))
                    self._at += 1
                    continue
                word.parts.append(Piece(_ansi_value(match[0]), at, match.end()))
            self._at = match.end()
        raise _UnfinishedError(start)

    def _expansion(self, word: Word, frame: _Frame, depth: int, *, is_quoted: bool) -> None:
        """Read `$…` or a command in backticks."""
        data, at = self._data, self._at
        hole = Hole(at, at, is_quoted=is_quoted)
        if data[at] == ord("`"):
            hole.commands = self._ticked(frame, depth)
        elif data.startswith(b"$((", at):
            self._balanced(at + 2)
        elif data.startswith(b"$(", at):
            self._at += 2
            hole.commands = self.commands(b")", Block("substitution", frame.block), depth + 1)
        elif data.startswith(b"${", at):
            name = _BRACED_NAME.match(data, at, self._limit)
            hole.name = name[1].decode() if name else None
            self._braced()
        elif match := _NAME.match(data, at, self._limit) or _SPECIAL.match(data, at, self._limit):
            hole.name = match[1].decode() if match.re is _NAME else None
            self._at = match.end()
        else:
            self._at += 1
            word.parts.append(Piece(b"$", at, at + 1))
            return
        hole.end = self._at
        word.parts.append(hole)

    def _braced(self) -> None:
        start = self._at
        assigned = _ASSIGNING.match(self._data, start, self._limit)
        if assigned:
            self.script.changed.append((assigned[1].decode(), start))
        depth = 1
        for match in _IN_BRACES.finditer(self._data, start + 2, self._limit):
            depth += {b"${": 1, b"}": -1}.get(match[0], 0)
            if not depth:
                self._at = match.end()
                return
        raise _UnfinishedError(start)

    def _ticked(self, frame: _Frame, depth: int) -> list[Command] | None:
        """Read a command in backticks; one with escaped ticks in it is skipped."""
        start = self._at
        is_plain = True
        for match in _TICK.finditer(self._data, start + 1, self._limit):
            if match[0] != b"`":
                is_plain = is_plain and match[0] not in (b"\\`", b"\\$", b"\\\\")
                continue
            commands = None
            if is_plain:
                limit, self._limit, self._at = self._limit, match.start(), start + 1
                commands = self.commands(None, Block("substitution", frame.block), depth + 1)
                self._limit = limit
            self._at = match.end()
            return commands
        raise _UnfinishedError(start)

    def _heredoc(self, heredoc: _Heredoc, depth: int) -> None:
        """Read the text of a heredoc, which begins here, into the word of its redirection."""
        start = self._at
        end, behind = self._end_of_heredoc(heredoc)
        word = heredoc.redirection.word = Word(start, end)
        limit, self._limit = self._limit, end
        frame = _Frame(Block("heredoc"), start)
        pattern = _IN_LINE if heredoc.has_tabs else _IN_HEREDOC
        if heredoc.is_plain and not heredoc.has_tabs and end > start:
            word.parts.append(Piece(self._data[start:end], start, end))
            self._at = end
        while self._at < end:
            if heredoc.has_tabs and self._data[self._at - 1] == ord("\n"):
                self._skip(_TABS)
            if heredoc.is_plain:
                at, self._at = self._at, min(self._data.find(b"\n", self._at, end) + 1 or end, end)
                word.parts.append(Piece(self._data[at : self._at], at, self._at))
            elif self._at < end:
                self._expanded(word, frame, depth, pattern, b"")
        self._limit = limit
        self._at = behind

    def _end_of_heredoc(self, heredoc: _Heredoc) -> tuple[int, int]:
        """Return where the text of a heredoc ends, and where its last line does; both the limit if it has no end."""
        data, delimiter = self._data, heredoc.delimiter
        at = self._at
        while delimiter:
            at = data.find(delimiter, at, self._limit)
            if at < 0:
                break
            line = at
            while heredoc.has_tabs and data[line - 1 : line] == b"\t" and line > self._at:
                line -= 1
            behind = at + len(delimiter)
            is_first = line == self._at or data[line - 1 : line] == b"\n"
            is_last = behind == self._limit or _LINE_END.match(data, behind, self._limit)
            if is_first and is_last:
                return line, behind
            at = behind if not is_first else at + 1
        return self._limit, self._limit


def _is_function(words: list[Word]) -> bool:
    """Whether the words are `function name`."""
    return len(words) == 2 and words[0].literal == b"function"  # noqa: PLR2004 - the keyword and the name


def _ansi_value(escape: bytes) -> bytes:
    """Return what an escape in `$'…'` stands for."""
    kind = escape[1:2]
    if kind in (b"u", b"U") and len(escape) > 2:  # noqa: PLR2004 - backslash and letter
        number = int(escape[2:].decode(), 16)
        return chr(number).encode() if number <= _LAST_CHARACTER and number not in _SURROGATES else escape
    if kind == b"x" and len(escape) > 2:  # noqa: PLR2004
        return bytes([int(escape[2:].decode(), 16)])
    if kind in b"01234567":
        return bytes([int(escape[1:], 8) & 0xFF])
    if kind == b"c" and len(escape) > 2:  # noqa: PLR2004
        return bytes([escape[2] & 0x1F])
    return _ANSI.get(kind, escape)
