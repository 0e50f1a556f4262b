"""Make the virtual environment ``.venv``, install this project into it, and run the demo or the tests.

Needs nothing but Python 3.11 or newer with pip or venv: ``python3 Testing/in_venv.py demo`` or ``... tests``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
OLDEST = (3, 11)
WORDS = {
    "demo": ("", [[str(ROOT / "Testing" / "demo.py")]], None),
    "tests": ("[test]", [["-m", "pytest", "-n", "2", "--dist", "loadfile", "Testing"]], ROOT),
}
"""By first word: the extra to install, the commands, and where they run; None: where the caller is, who names paths."""


def main(arguments: list[str]) -> int:
    """Run what the first word says; further words go to the last command."""
    if not arguments or arguments[0] not in WORDS:
        print(f"usage: python3 {Path(__file__).name} {{{','.join(WORDS)}}} [ARGUMENT ...]", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        newer = next((found for name in ("python3.12", "python3.11") if (found := shutil.which(name))), None)
        if newer is None:
            print("Python 3.11 or newer is needed", file=sys.stderr)
            return 2
        return subprocess.call([newer, __file__, *arguments])
    extra, commands, place = WORDS[arguments[0]]
    python = _environment()
    if python is None:
        print("neither venv (Debian: python3-venv) nor pip is there to make a virtual environment", file=sys.stderr)
        return 2
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", f".{extra}"]
    if subprocess.call(install, cwd=ROOT):
        return 1
    for command in commands:
        code = subprocess.call([str(python), *command, *arguments[1:]], cwd=place)
        if code:
            return code
    return 0


def _environment() -> Path | None:
    """Return the Python of the environment; make it if it is absent."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.exists():
        return python
    try:
        venv.create(ENVIRONMENT, with_pip=True, symlinks=os.name != "nt")
    except (subprocess.CalledProcessError, ImportError):
        # a Python without ensurepip: the pip that it has beside it installs one
        venv.create(ENVIRONMENT, with_pip=False, clear=True, symlinks=os.name != "nt")
        if subprocess.call([sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "pip"]):
            return None
    return python


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
