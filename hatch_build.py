"""The hook of a build: it prepares what a start of the command need not work out again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PrepareHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes `validator/_prepared`, for a wheel and for an editable installation alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Write the files, and add them to the wheel."""
        subprocess.run([sys.executable, "-B", Path(self.root, "scripts", "prepare.py")], check=True)  # noqa: S603 - of this project
        build_data["artifacts"] += ["/validator/_prepared/*.json", "/validator/_prepared/*.py"]
