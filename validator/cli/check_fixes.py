"""`msglint check --fix`, `--unsafe-fixes` and `--diff`."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

import click

from ..common.redaction import MASK, masked, masked_data, redacted
from ..common.wording import count
from ..documents import is_compressed
from ..files import FileResult
from ..files.reading import UnreadableError, opened, read_whole
from ..files.writing import ChangedError, LeftAloneError, replace_content
from ..filesystem.lookups import path_bytes
from ..fixes import Applicability
from .options import wants_colour
from .tally import complain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files.discovery import Candidate
    from ..fixing.applying import Fixed
    from ..project import Project
    from ..report import Violation


class Fixer:
    """Mends files that were checked, or shows how, and counts what was mended."""

    def __init__(self, project: Project, *, mends: bool, unsafe: bool, writes: bool, colour: str) -> None:
        """Take what the options say.

        Args:
            project: What the files are checked by.
            mends: Whether files are mended, and not only what could be is counted.
            unsafe: Whether to apply unsafe fixes too.
            writes: Whether to write the files, and not only to show the difference.
            colour: When to use colour.
        """
        self.project = project
        self.mends = mends
        self.unsafe = unsafe
        self.writes = writes
        self.colour = colour
        self.fixed = 0
        self.files = 0
        self.unwritten = 0
        """Files that could not be written."""
        self.safe_left = 0
        self.unsafe_left = 0

    def mended(self, candidate: Candidate, result: FileResult) -> FileResult:
        """Mend a file, and return what is found in it then."""
        from ..fixing.applying import fixable

        if not fixable(result, unsafe=self.unsafe):
            return result
        path = candidate.path
        if is_compressed(path):
            complain(f"{result.name}: is compressed, so nothing in it is fixed")
            return result
        try:
            with opened(path) as file:
                data = read_whole(file) if file.is_regular else None
            if data is None:
                complain(f"{result.name}: is not a regular file, so nothing in it is fixed")
                return result
            mended = self._fixed(path, data)
            if self.writes and mended.data != data:
                write_back(candidate, mended.data, data)
        except UnreadableError as error:
            return FileResult(result.name, error=str(error), path=path)
        except OSError as error:
            self._tell_of_unwritten(result.name, error)
            return result
        self._tell(result.name, data, mended, path)
        return mended.result

    def mended_text(self, path: str, data: bytes, result: FileResult) -> tuple[bytes, FileResult]:
        """Mend a text that came without a file, and return it with what is found in it then."""
        mended = self._fixed(path, data)
        self._tell(result.name, data, mended, None)
        return mended.data, mended.result

    def counted(self, results: Iterable[FileResult]) -> Iterator[FileResult]:
        """Pass results on, and count what could still be mended."""
        for result in results:
            left = Counter(violation.fix.applicability for violation in result.violations if violation.fix is not None)
            for kind, number in result.omitted.items():
                if kind.fix is not None:
                    left[kind.fix] += number
            self.safe_left += left[Applicability.SAFE]
            self.unsafe_left += left[Applicability.UNSAFE]
            yield result

    def summary(self) -> str | None:
        """Say what was mended, and what could be; None where there is nothing to say."""
        unwritten = [f"{count(self.unwritten, 'file')} could not be written"] if self.unwritten else []
        if self.fixed or unwritten:
            verb = "fixed" if self.writes else "would fix"
            return "; ".join([f"{verb} {count(self.fixed, 'violation')} in {count(self.files, 'file')}", *unwritten])
        safe = 0 if self.mends else self.safe_left  # what is left of those that were tried cannot be fixed
        parts = [f"{safe:,} with `--fix`"] if safe else []
        if self.unsafe_left and not self.unsafe:
            parts.append(f"{self.unsafe_left:,}{' more' if safe else ''} with `--fix --unsafe-fixes`")
        return f"can be fixed: {', '.join(parts)}" if parts else None

    def _fixed(self, path: str, data: bytes) -> Fixed:
        from ..fixing.applying import fix_text

        return fix_text(path, data, lambda text: self.project.check_text(path, text), unsafe=self.unsafe)

    def _tell_of_unwritten(self, name: str, error: OSError) -> None:
        said = error.strerror or str(error)
        is_kept = isinstance(error, (ChangedError, LeftAloneError))
        complain(f"{name}: not fixed, as {said}" if is_kept else f"{name}: cannot be written: {said}")
        self.unwritten += not isinstance(error, LeftAloneError)

    def _tell(self, name: str, before: bytes, mended: Fixed, path: str | None) -> None:
        self.fixed += len(mended.applied)
        self.files += bool(mended.applied)
        for violation in mended.taken_back:
            _complain_of(name, violation, "it would get worse")
        for violation in mended.uneditable:
            _complain_of(name, violation, "what is written there cannot be edited by machine; change it by hand")
        if mended.untried:
            others = count(len(mended.untried), "other violation")
            complain(f"{name}: the fixes of {others} were not tried, as so many would make it worse; mend those first")
        if not self.writes and mended.data != before:
            style = wants_colour(self.colour, sys.stdout)
            lines = difference(name if path is None else redacted(diff_name(path)), before, mended.data)
            if masked_data(before) is not before and any(MASK * 4 in line for line in lines):
                complain(f"{name}: secrets are masked in the difference, so it cannot be applied; use --fix")
            for line in lines:
                click.secho(line, nl=False, fg=_COLOURS.get(line[:1]) if style else None, color=style)


def write_back(candidate: Candidate, data: bytes, before: bytes) -> None:
    """Write a file that was read before; one that was found in a folder only if it is in there.

    Raises:
        LeftAloneError: for a link out of the folder, and as `replace_content` does.
        OSError: when the file cannot be written.
    """
    if candidate.folder is not None:
        folder = os.path.join(os.path.realpath(candidate.folder), "")  # noqa: PTH118 - a `Path` has no slash at its end
        if not os.path.realpath(candidate.path).startswith(folder):
            msg = "it is a link to a file outside of the folder"
            raise LeftAloneError(errno.EXDEV, msg)
    replace_content(candidate.path, data, before)


def _complain_of(name: str, violation: Violation, reason: str) -> None:
    place = f"{violation.range.line}:{violation.range.column}" if violation.range is not None else ""
    title = violation.fix.title if violation.fix is not None else ""
    complain(f"{name}:{place}: not fixed, as {reason}: {violation.rule}: {title}")


_COLOURS: Final = {"+": "green", "-": "red", "@": "cyan"}


def diff_name(path: str) -> str:
    """Spell a file's name as `patch` and git read it: in quotes where it has quotes or controls.

    A tab ends a name with spaces. A secret in it is hidden, so that the diff cannot be applied.
    """
    data = path_bytes(redacted(path))
    name = data.decode(errors="replace")
    if name.isprintable() and name.encode() == data and not set('"\\').intersection(name):
        return f"{name}\t" if " " in name else name
    return f'"{"".join(map(_quoted_byte, data))}"'


def _quoted_byte(byte: int) -> str:
    char = chr(byte)
    return char if char.isascii() and char.isprintable() and char not in '"\\' else f"\\{byte:03o}"


def difference(name: str, before: bytes, after: bytes) -> list[str]:
    """Return the lines of a unified diff of two texts, which end with a line feed alone, as other tools have it.

    Secrets are masked in it, in all of the text, as some go on over several lines.
    """
    import difflib

    shown = (masked(data.decode(errors="replace")) for data in (before, after))
    old, new = (list(io.StringIO(text, newline="\n")) for text in shown)
    lines = difflib.unified_diff(old, new, fromfile=name, tofile=name)
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]
