"""Commands as a shell starts them: processes of their own, piped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def yishi(
    *arguments: object, input: str | None = None, timeout: float = 120, folder: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `yishi` to its end; standard output and error as text."""
    command = [sys.executable, "-m", "voting.cli", *map(str, arguments)]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(
        command, input=input, capture_output=True, encoding="utf-8", timeout=timeout, env=surroundings, cwd=folder
    )
