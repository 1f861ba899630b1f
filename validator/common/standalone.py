"""Whether this is the standalone program, into which no package can be installed."""

from __future__ import annotations

import sys
from typing import Final

IS_STANDALONE: Final = bool(getattr(sys, "frozen", False))
