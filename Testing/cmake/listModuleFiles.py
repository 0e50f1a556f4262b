"""Writes the lists of scripts and resources in DeidentifyModule/CMakeLists.txt anew. Run it after adding a file."""

import re
from pathlib import Path

MODULE = Path(__file__).resolve().parents[2] / "DeidentifyModule"
LIST_FILE = MODULE / "CMakeLists.txt"


def _isMadeByTools(path):
    """Whether Python or pip made the file: caches, and what an editable installation leaves."""
    return path.suffix == ".pyc" or any(part == "__pycache__" or part.endswith(".egg-info") for part in path.parts)


def moduleFiles():
    """Return (scripts, resources) of the module folder, as Slicer shall install them."""
    files = sorted(
        path.relative_to(MODULE).as_posix()
        for path in MODULE.rglob("*")
        if path.is_file() and not _isMadeByTools(path) and path != LIST_FILE
    )
    scripts = [name for name in files if name.endswith(".py")]
    return scripts, [name for name in files if not name.endswith(".py")]


def withList(text, variable, names):
    """Return the text of a CMakeLists.txt with one list replaced."""
    lines = "".join(f"  {name}\n" for name in names)
    return re.sub(rf"set\({variable}\n.*?\)", f"set({variable}\n{lines}  )", text, flags=re.DOTALL)


if __name__ == "__main__":
    scripts, resources = moduleFiles()
    text = withList(LIST_FILE.read_text(encoding="utf-8"), "MODULE_PYTHON_SCRIPTS", scripts)
    LIST_FILE.write_text(withList(text, "MODULE_PYTHON_RESOURCES", resources), encoding="utf-8")
    print(f"{len(scripts)} scripts and {len(resources)} resources listed")
