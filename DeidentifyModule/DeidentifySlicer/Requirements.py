"""Whether this Slicer can run DeidentifyLib, and what to tell the user if not."""

import sys

from .Translation import tr as _

OLDEST_PYTHON = (3, 11)


def missingRequirement():
    """Return why de-identification cannot run in this Slicer, or an empty text.

    pydicom is looked up by its metadata, not imported: importing it takes longer than the whole panel.
    """
    from importlib import metadata

    if sys.version_info[:2] < OLDEST_PYTHON:
        return _(
            "This Slicer has Python {version}. De-identification needs Python 3.11 and pydicom 3, which come with "
            "Slicer 5.12 or later. Options, face masks and scene cleaning may still be looked at here."
        ).format(version=".".join(map(str, sys.version_info[:2])))
    try:
        version = metadata.version("pydicom")
    except metadata.PackageNotFoundError:
        version = ""
    if not version or int(version.split(".")[0]) < 3:
        return _(
            "This Slicer has pydicom {version}. De-identification needs pydicom 3, which comes with Slicer 5.12 or "
            'later. In this Slicer it can be had with slicer.util.pip_install("pydicom>=3") and a restart.'
        ).format(version=version or _("not installed"))
    return ""
