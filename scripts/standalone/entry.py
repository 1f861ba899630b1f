"""The start of the standalone program."""

from __future__ import annotations

import os
import sys

_LIBRARIES = "LD_LIBRARY_PATH"

# The one file sets the variable to the folder it unpacks itself into; programs that msglint starts must not get it.
if _LIBRARIES in os.environ and hasattr(sys, "_MEIPASS"):
    original = os.environ.pop(f"{_LIBRARIES}_ORIG", None)
    if original is not None:
        os.environ[_LIBRARIES] = original
    elif sys._MEIPASS in os.environ[_LIBRARIES]:  # noqa: SLF001 - PyInstaller's name
        del os.environ[_LIBRARIES]

# Workers are forks on Linux; elsewhere each is a start of this program with other arguments, which ends in this call.
if sys.platform != "linux":
    import multiprocessing

    multiprocessing.freeze_support()

from validator.cli import main  # noqa: E402 - the environment comes first

main()
