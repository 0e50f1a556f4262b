"""Make the virtual environment ``.venv``, install this project into it, and run the demo, the check or the tests.

Needs nothing but Python 3.11 or newer with pip or venv:

``python3 Testing/in_venv.py demo [FOLDER]``    de-identify sample data
``python3 Testing/in_venv.py check``            ruff, mypy and the fast tests: before every commit
``python3 Testing/in_venv.py tests [PATH ...]`` all tests, or those of some files and folders
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
STYLE = [["-m", "ruff", "check"], ["-m", "ruff", "format", "--check"], ["-m", "mypy"]]
"""What Testing/test_types_and_style.py runs too; pyproject.toml holds the settings and the versions."""
FAST = (
    "test_rooms_import_in_one_direction.py",
    "test_in_venv.py",
    "test_key_files.py",
    "test_site_rules.py",
    "header/test_names_that_were_decoded_before.py",
    "header/test_pixel_representation_stays.py",
    "header/test_clean_text_never_lets_identifiers_pass.py",
    "stream/test_forms_that_stay.py",
    "audit/test_own_tables_agree_with_the_standard.py",
    "slicer_module/test_packaging.py",
)
"""Tests below Testing that take seconds and touch most rooms."""
PYTEST = ["-m", "pytest", "-n", "2", "--dist", "loadfile"]
WORDS = {
    "demo": ("", [[str(ROOT / "Testing" / "demo.py")]], None),
    "check": ("[test]", [*STYLE, [*PYTEST, *(f"Testing/{name}" for name in FAST)]], ROOT),
    "tests": ("[test]", [PYTEST], ROOT),
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
    further = _further(arguments)
    for command in commands:
        code = subprocess.call([str(python), *command, *(further if command is commands[-1] else ())], cwd=place)
        if code:
            return code
    return 0


def _further(arguments: list[str]) -> list[str]:
    """Return the words for the last command; ``tests`` without a path means all of them."""
    word, further = arguments[0], arguments[1:]
    if word != "tests":
        return further
    places = [number for number, text in enumerate(further) if os.path.exists(text.partition("::")[0])]
    for number in places:
        further[number] = os.path.abspath(further[number])  # the tests run in the folder of the project
    return further if places else [*further, "Testing"]


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
