"""Writing files: all of it or nothing, with the mode that the file had."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def replace_content(path: str | Path, data: bytes) -> None:
    """Put new content into a file, or make it; whoever reads it meanwhile sees the old content or the new.

    A symbolic link stays one, and what it leads to is written.

    Raises:
        OSError: when the file cannot be written; it is what it was then.
    """
    import tempfile

    target = Path(os.path.realpath(path))
    mode = target.stat().st_mode & 0o7777 if target.exists() else None
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(13, os.strerror(13), str(target))
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode if mode is not None else 0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
