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
from ..documents import is_compressed, is_parquet
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
    """Applies fixes to checked files, or shows the difference, and counts the fixes."""

    def __init__(self, project: Project, *, fixes: bool, unsafe: bool, writes: bool, colour: str) -> None:
        """Take the settings of the run.

        Args:
            project: Checks the fixed texts.
            fixes: Whether to apply fixes; otherwise they are only counted.
            unsafe: Whether to apply unsafe fixes too.
            writes: Whether to write the fixed files; otherwise the difference is shown.
            colour: When to colour the difference.
        """
        self.project = project
        self.fixes = fixes
        self.unsafe = unsafe
        self.writes = writes
        self.colour = colour
        self.fixed = 0
        self.files = 0
        self.unwritten = 0
        """Files that could not be written."""
        self.safe_left = 0
        self.unsafe_left = 0

    def fix_file(self, candidate: Candidate, result: FileResult) -> FileResult:
        """Fix a file, and return the result of checking it again."""
        from ..fixing.applying import fixable

        if not fixable(result, unsafe=self.unsafe):
            return result
        path = candidate.path
        why = _why_not_fixable(path)
        if why is not None:
            complain(f"{result.name}: {why}, so it cannot be fixed")
            return result
        try:
            with opened(path) as file:
                data = read_whole(file) if file.is_regular else None
            if data is None:
                complain(f"{result.name}: is not a regular file, so it cannot be fixed")
                return result
            outcome = self._outcome_of(path, data)
            if self.writes and outcome.data != data:
                write_back(candidate, outcome.data, data)
        except UnreadableError as error:
            return FileResult(result.name, error=str(error), path=path)
        except OSError as error:
            self._report_unwritten(result.name, error)
            return result
        self._report(result.name, data, outcome, path)
        return outcome.result

    def fix_stream(self, path: str, data: bytes, result: FileResult) -> tuple[bytes, FileResult]:
        """Fix a text that is not in a file, and return it with the result of checking it again."""
        outcome = self._outcome_of(path, data)
        self._report(result.name, data, outcome, None)
        return outcome.data, outcome.result

    def counted(self, results: Iterable[FileResult]) -> Iterator[FileResult]:
        """Pass results on, and count the violations that could still be fixed."""
        for result in results:
            is_clean = not result.violations and not result.omitted
            if is_clean or (result.path is not None and _why_not_fixable(result.path) is not None):
                yield result
                continue
            left = Counter(violation.fix.applicability for violation in result.violations if violation.fix is not None)
            for kind, number in result.omitted.items():
                if kind.fix is not None:
                    left[kind.fix] += number
            self.safe_left += left[Applicability.SAFE]
            self.unsafe_left += left[Applicability.UNSAFE]
            yield result

    def summary(self) -> str | None:
        """Return the line that says what was fixed and what could be; None if there is neither."""
        unwritten = [f"{count(self.unwritten, 'file')} could not be written"] if self.unwritten else []
        if self.fixed or unwritten:
            verb = "fixed" if self.writes else "would fix"
            return "; ".join([f"{verb} {count(self.fixed, 'violation')} in {count(self.files, 'file')}", *unwritten])
        safe = 0 if self.fixes else self.safe_left  # a safe fix that is left after --fix was tried and failed
        parts = [f"{safe:,} with `--fix`"] if safe else []
        if self.unsafe_left and not self.unsafe:
            parts.append(f"{self.unsafe_left:,}{' more' if safe else ''} with `--fix --unsafe-fixes`")
        return f"can be fixed: {', '.join(parts)}" if parts else None

    def _outcome_of(self, path: str, data: bytes) -> Fixed:
        from ..fixing.applying import fix_text

        return fix_text(path, data, lambda text: self.project.check_text(path, text), unsafe=self.unsafe)

    def _report_unwritten(self, name: str, error: OSError) -> None:
        said = error.strerror or str(error)
        is_kept = isinstance(error, (ChangedError, LeftAloneError))
        complain(f"{name}: not fixed, as {said}" if is_kept else f"{name}: cannot be written: {said}")
        self.unwritten += not isinstance(error, LeftAloneError)

    def _report(self, name: str, before: bytes, outcome: Fixed, path: str | None) -> None:
        self.fixed += len(outcome.applied)
        self.files += bool(outcome.applied)
        for violation in outcome.taken_back:
            _report_unfixed(name, violation, "it would get worse")
        for violation in outcome.uneditable:
            _report_unfixed(name, violation, "the text there cannot be edited automatically; change it by hand")
        if outcome.untried:
            others = count(len(outcome.untried), "other violation")
            complain(
                f"{name}: the fixes of {others} were not tried, because too many made it worse; fix those by hand first"
            )
        if not self.writes and outcome.data != before:
            style = wants_colour(self.colour, sys.stdout)
            lines = difference(name if path is None else redacted(diff_name(path)), before, outcome.data)
            if masked_data(before) is not before and any(MASK * 4 in line for line in lines):
                complain(f"{name}: the difference cannot be applied as a patch, because secrets are masked; use --fix")
            for line in lines:
                click.secho(line, nl=False, fg=COLOURS.get(line[:1]) if style else None, color=style)


def write_back(candidate: Candidate, data: bytes, before: bytes) -> None:
    """Replace the content of a file that was read before; a file found in a folder must really be inside it.

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


def _report_unfixed(name: str, violation: Violation, reason: str) -> None:
    place = f"{violation.range.line}:{violation.range.column}" if violation.range is not None else ""
    title = violation.fix.title if violation.fix is not None else ""
    complain(f"{name}:{place}: not fixed, as {reason}: {violation.rule}: {title}")


COLOURS: Final = {"+": "green", "-": "red", "@": "cyan"}


def diff_name(path: str) -> str:
    """Write a file name the way `patch` and git read it: quoted if it contains quotes or control characters.

    A tab marks the end of a name with spaces. A secret in it is hidden, so that the diff cannot be applied.
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
    """Return the lines of a unified diff of two texts.

    Secrets are masked in the whole texts before they are compared, because some span several lines.
    """
    import difflib

    shown = (masked(data.decode(errors="replace")) for data in (before, after))
    # Not `splitlines`: it also splits at characters that end no line for `patch`, such as a form feed.
    old, new = (list(io.StringIO(text, newline="\n")) for text in shown)
    lines = difflib.unified_diff(old, new, fromfile=name, tofile=name)
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]


def _why_not_fixable(path: str) -> str | None:
    """Return why no fix is written to a file; None if fixes are."""
    if is_compressed(path):
        return "is compressed"
    return "is a table" if is_parquet(path) else None
