"""Check the Python of README and the guides as a user's editor does: with basedpyright in strict mode."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory


def main() -> None:
    """Write each block into a file and check them all; exits with what basedpyright exits with."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for guide in (Path("README.md"), *sorted(Path("docs").glob("*.md"))):
            blocks = re.findall(r"```python\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
            for number, code in enumerate(blocks):
                (folder / f"{guide.stem.lower()}_{number}.py").write_text(code, "utf-8")
        settings = {"typeCheckingMode": "strict"}
        (folder / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
        checker = Path(sys.executable).with_name("basedpyright")
        command = [str(checker), "--pythonpath", sys.executable, "--project", name]
        sys.exit(subprocess.run(command, check=False).returncode)  # noqa: S603 - the checker of our own environment


if __name__ == "__main__":
    main()
