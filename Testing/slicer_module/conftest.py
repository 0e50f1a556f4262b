"""Lets the tests of the Slicer module run under pytest without Slicer: on real Qt and a real MRML scene."""

import importlib.util
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDED = ("PySide6", "slicer_core", "vtk", "SimpleITK")


def missing():
    """Return the packages that the tests need and that are not installed."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def outsideSlicer():
    """Whether this is not Slicer, whose Python has a module qt of its own."""
    spec = importlib.util.find_spec("qt")
    return spec is None or (spec.origin or "").startswith(str(HERE.parent))


if outsideSlicer() and not missing():
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path[:0] = [str(HERE.parent / "desktop"), str(HERE.parents[1] / "DeidentifyModule")]
    from PySide6 import QtWidgets

    application = QtWidgets.QApplication.instance() or QtWidgets.QApplication(["Slicer"])
    QtWidgets.QApplication.setOrganizationName("DeidentifyTests")
    import slicer_desktop

    slicer_desktop.install()
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

collect_ignore = [] if not missing() else [p.name for p in HERE.glob("test_*.py") if p.name != "test_packaging.py"]


def pytest_report_header(config):
    """Say so when the tests of the Slicer module cannot run."""
    if missing():
        return f"Of Testing/slicer_module only packaging is tested: {', '.join(missing())} not installed"
    return "Testing/slicer_module runs on stand-ins for the Slicer desktop: real Qt, real MRML scene"
