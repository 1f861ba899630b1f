"""The start of the standalone program."""

from __future__ import annotations

import os
import sys

_PATH = "LD_LIBRARY_PATH"

if sys.platform == "linux":
    # The start of PyInstaller points the variable at the program's own libraries, and marks its child processes.
    # Programs that msglint runs must get neither: another OpenSSL may break them, and one made with PyInstaller
    # would take itself for a child.
    original = os.environ.pop(f"{_PATH}_ORIG", None)
    os.environ.pop(_PATH, None)
    if original is not None:
        os.environ[_PATH] = original
    for name in [name for name in os.environ if name.startswith("_PYI_")]:
        del os.environ[name]
else:
    # Workers are forks on Linux; elsewhere each is a start of this program, which ends in this call.
    import multiprocessing

    multiprocessing.freeze_support()

from validator.__main__ import start  # noqa: E402 - the environment comes first

start()
