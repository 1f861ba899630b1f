"""`msglint check --add-ignores`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..common.wording import count
from ..documents import Format, format_of, is_compressed
from ..files.reading import UnreadableError, opened, read_whole
from ..suppressions.writing import SIGNS, with_ignores
from .check_fixes import write_back
from .tally import complain

if TYPE_CHECKING:
    from ..files import FileResult
    from ..files.discovery import Candidate
    from ..project import Project

_NO_COMMENTS: Final = "the format has no comments; suppress its violations in a configuration instead"
_NOTEBOOK: Final = "comments are not added to notebooks; suppress its violations in a configuration instead"


class Ignorer:
    """Adds comments to checked files that suppress their violations, and counts them."""

    def __init__(self, project: Project, reason: str | None) -> None:
        self.project = project
        self.reason = reason
        self.added = 0
        self.unwritten = 0
        self.files = 0

    def commented(self, candidate: Candidate, result: FileResult) -> FileResult:
        """Add comments to a checked file, and return the result of checking it again."""
        path = candidate.path
        if not result.violations or result.error is not None:
            return result
        if is_compressed(path) or format_of(path) not in SIGNS:
            reason = _NOTEBOOK if format_of(path) is Format.NOTEBOOK else _NO_COMMENTS
            complain(f"{result.name}: {reason}")
            return result
        try:
            with opened(path) as file:
                data = read_whole(file)
            added = with_ignores(path, data, result, lambda text: self.project.check_text(path, text), self.reason)
            if added.data != data:
                write_back(candidate, added.data, data)
        except UnreadableError as error:
            return result._replace(error=str(error))
        except OSError as error:
            complain(f"{result.name}: not changed: {error.strerror or error}")
            self.unwritten += 1
            return result
        self.added += added.number
        self.files += bool(added.number)
        return added.result

    def summary(self) -> str | None:
        """Return the line that says what was suppressed; None if nothing was."""
        if not self.added:
            return None
        return f"added comments for {count(self.added, 'violation')} in {count(self.files, 'file')}"
