"""Writing files: all of it or nothing, and with all that the system keeps of a file beside its text."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..filesystem.lookups import exists, kind_of, read_regular

_PREFIX: Final = ".msglint-"
"""What the names of unfinished files begin with; the name of the file itself may leave no room for more."""
_LABELS: Final = "security."
"""Attributes that the system gives a new file by itself, and that only it may set."""


class LeftAloneError(OSError):
    """Raised for a file that could be written, but not without changing more than its text; says why."""


class ChangedError(OSError):
    """Raised for a file that does not have the content any more that the new one was made from."""


def replace_content(path: str | Path, data: bytes, before: bytes | None = None) -> None:
    """Put new content into a file, or make it; whoever reads it meanwhile sees the old content or the new.

    A symbolic link stays one, and what it leads to is written. Owner, group, permissions and attributes stay.

    Args:
        path: The file.
        data: Its new content.
        before: The content that the new one was made from; None to replace whatever there is.

    Raises:
        LeftAloneError: for a file that is not a regular one, has other names (hard links), or belongs to somebody whom
            it cannot be given to.
        ChangedError: for a file that does not have the content `before` any more.
        OSError: when the file cannot be written; it is what it was then.
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
    """Return what the system says of a file that may be replaced; None for one that is still to be made."""
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
    """Give a new file the owner, the group and the attributes of the one that it replaces."""
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
    except OSError:  # a file system that has none
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
    """See that a file has the content that the new one was made from."""
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
