"""Replace the content of a file atomically, keeping its owner, permissions and attributes."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..filesystem.lookups import exists, kind_of, read_regular

_PREFIX: Final = ".msglint-"
"""The prefix of temporary files; not the name of the file itself, which may leave no room for more characters."""
_LABELS: Final = "security."
"""The prefix of attributes that the system sets on new files by itself, and that only it may set."""


class LeftAloneError(OSError):
    """Raised for a file that cannot be replaced without changing more than its text, with the reason."""


class ChangedError(OSError):
    """Raised for a file whose content has changed since it was read."""


def replace_content(path: str | Path, data: bytes, before: bytes | None = None) -> None:
    """Replace the content of a file, or create it; other processes see either the old content or the new.

    A symbolic link stays, and its target is replaced. Owner, group, permissions and attributes stay.

    Args:
        path: The file.
        data: Its new content.
        before: The content that the file must still have; None to replace any content.

    Raises:
        LeftAloneError: for a file that is not regular, has other hard links, or whose owner cannot be kept.
        ChangedError: for a file that no longer has the content `before`.
        OSError: if the file cannot be written; its old content stays.
    """
    import tempfile

    target = os.path.realpath(path)
    found = _seen(target)
    if found is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)
    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=os.path.dirname(target))  # noqa: PTH120 - for any name
    try:
        with os.fdopen(descriptor, "wb") as file:
            if found is not None:
                _give(file.fileno(), name, target, found)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(found.st_mode & 0o7777 if found is not None else 0o666 & ~_umask())
        if before is not None:
            _see_unchanged(target, before)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _seen(target: str) -> os.stat_result | None:
    """Return the status of a file that may be replaced; None if it does not exist."""
    if not exists(target):
        return None
    found = os.stat(target)  # noqa: PTH116 - for any name
    kind = kind_of(found)
    if kind is not None:
        msg = f"it is {kind}, not a regular file"
        raise LeftAloneError(errno.EINVAL, msg)
    if found.st_nlink > 1:
        msg = f"it has {found.st_nlink} names (hard links), of which only one would change"
        raise LeftAloneError(errno.EMLINK, msg)
    return found


def _give(descriptor: int, name: str, target: str, found: os.stat_result) -> None:
    """Give a new file the owner, group and attributes of the file that it replaces."""
    if not hasattr(os, "fchown"):
        return
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (found.st_uid, found.st_gid):
        try:
            os.fchown(descriptor, found.st_uid, found.st_gid)
        except OSError as error:
            msg = "its owner or group would change"
            raise LeftAloneError(error.errno, msg) from error
    if hasattr(os, "listxattr"):
        _copy_attributes(name, target)


def _copy_attributes(name: str, target: str) -> None:
    try:
        wanted = {each: os.getxattr(target, each) for each in os.listxattr(target)}
    except OSError:  # a file system without attributes
        return
    for each, value in wanted.items():
        _copy_attribute(name, each, value)


def _copy_attribute(name: str, attribute: str, value: bytes) -> None:
    try:
        os.setxattr(name, attribute, value)
    except OSError as error:
        if not attribute.startswith(_LABELS):
            msg = f"its attribute {attribute} would be lost"
            raise LeftAloneError(error.errno, msg) from error


def _see_unchanged(target: str, before: bytes) -> None:
    """Check that a file still has the content `before`."""
    try:
        is_same = read_regular(target, len(before)) == before
    except OSError:
        is_same = False
    if not is_same:
        msg = "it was changed after it was read"
        raise ChangedError(errno.EBUSY, msg)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
