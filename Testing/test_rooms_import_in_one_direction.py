"""Each room of the library imports only from rooms before it; the audit only from the room of files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

MODULE = Path(__file__).resolve().parents[1] / "DeidentifyModule"
ROOMS = (
    *("version", "files", "dicom", "standard", "site_rules", "options", "pseudonyms", "profile", "vendors"),
    *("free_text", "pixels", "header", "face", "formats", "scan", "records", "batch", "audit", "report", "network"),
    *("job", "command_line", "__main__"),
)
"""From the lowest to the highest; `pixels` is before `header`, which blanks hidden bytes while it copies pixel data."""

AUDIT_MAY_IMPORT = {"audit", "files"}
FORBIDDEN = {"slicer", "qt", "ctk", "vtk", "PythonQt"}


def modules(package: Path) -> dict[str, Path]:
    """Return {dotted name: file} of a package."""
    files = {file: file.relative_to(package.parent).with_suffix("").parts for file in package.rglob("*.py")}
    return {".".join(parts[:-1] if parts[-1] == "__init__" else parts): file for file, parts in files.items()}


def imported(name: str, file: Path, known: dict[str, Path]) -> Iterator[str]:
    """Yield what a module imports, also inside of functions and for type checking alone."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])]) if node.level else ""
            base = base or str(node.module)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in known else base


def graph(package: Path) -> dict[str, set[str]]:
    """Return {module: modules and packages that it imports}."""
    known = modules(package)
    return {name: set(imported(name, file, known)) for name, file in known.items()}


def room_of(module: str) -> str:
    """Return the room of a module of the library: a package, or a module at the top."""
    return module.split(".")[1]


def upward(edges: dict[str, set[str]]) -> list[str]:
    """Return the imports from a lower room into a higher one."""
    library = next(iter(edges)).split(".")[0]
    return [
        f"{name} imports {other}"
        for name, others in sorted(edges.items())
        for other in sorted(others)
        if name != library and other.startswith(library + ".")
        if ROOMS.index(room_of(name)) < ROOMS.index(room_of(other))
    ]


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return a circle of modules, empty if there is none."""
    inner = {name: {other for other in others if other in edges and other != name} for name, others in edges.items()}
    try:
        TopologicalSorter(inner).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


LIBRARY = graph(MODULE / "DeidentifyLib")
SLICER_SIDE = graph(MODULE / "DeidentifySlicer")


def test_every_module_is_in_a_known_room():
    assert {room_of(name) for name in LIBRARY if "." in name} <= set(ROOMS)


def test_no_room_imports_upward():
    assert upward(LIBRARY) == []


def test_the_audit_imports_only_itself_and_files():
    others = {other for name, found in LIBRARY.items() if room_of(name + ".") == "audit" for other in found}
    assert {room_of(other + ".") for other in others if other.startswith("DeidentifyLib")} == AUDIT_MAY_IMPORT


@pytest.mark.parametrize("edges", [LIBRARY, SLICER_SIDE], ids=["library", "Slicer side"])
def test_no_modules_import_each_other_in_a_circle(edges: dict[str, set[str]]):
    assert circle(edges) == []


def test_the_library_imports_nothing_of_slicer():
    assert not {other.split(".")[0] for others in LIBRARY.values() for other in others} & FORBIDDEN


@pytest.mark.parametrize(
    "room", [name for name, file in modules(MODULE / "DeidentifyLib").items() if file.name == "__init__.py"]
)
def test_every_package_says_what_belongs_there(room: str):
    text = ast.get_docstring(ast.parse(modules(MODULE / "DeidentifyLib")[room].read_text(encoding="utf-8")))
    assert text and text.split("\n\n")[0].endswith(".")


@pytest.mark.parametrize(
    "line",
    ["from ..batch import run", "from ..batch.run import run", "def f():\n    from DeidentifyLib.batch import run"],
)
def test_an_upward_import_is_found(tmp_path: Path, line: str):
    for place, text in {"files/paths.py": line, "batch/run.py": "from ..files import paths"}.items():
        file = tmp_path / "DeidentifyLib" / place
        file.parent.mkdir(parents=True)
        file.write_text(text)
        (file.parent / "__init__.py").touch()
    (tmp_path / "DeidentifyLib/__init__.py").touch()
    edges = graph(tmp_path / "DeidentifyLib")
    assert upward(edges) == ["DeidentifyLib.files.paths imports DeidentifyLib.batch.run"]
    assert circle(edges)
