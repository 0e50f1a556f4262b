"""Requests for the child process, and the checks before it is started."""

import os

from .Translation import tr as _

SCAN = ["scan", "--request", "-", "--progress", "json"]
RUN = ["run", "--request", "-", "--progress", "json"]
PREVIEW = ["preview", "--request", "-", "--format", "json"]
"""Arguments of the child process: no path, no name."""


class PanelRequestError(ValueError):
    """A run, scan or preview cannot start; the message says what to change."""


def scanRequest(inputs):
    """Return the request of ``deidentify scan``."""
    return {"inputs": existing(inputs)}


def previewRequest(inputs, options, keyFile="", series=None):
    """Return the request of ``deidentify preview`` for the first image of some series, or of all."""
    return {
        "inputs": existing(inputs),
        "options": options.to_dict(),
        "key_file": os.path.abspath(keyFile) if keyFile else None,
        "series": series,
    }


def previewRows(message):
    """Return the rows of one answer of ``deidentify preview``."""
    return [row for table in message.get("tables", []) for row in table]


def runRequest(inputs, output, options, keyFile="", jobs=0, series=None, masks=None):
    """Return the request of ``deidentify run``.

    Parameters
    ----------
    inputs : list of str
        Folders, files, archives.
    output : str
        New or empty folder, or one with an unfinished run.
    options : DeidentifyLib.options.Options
    keyFile : str
        Project key; empty: the key in the private folder of the output, made if needed.
    jobs : int
        Processes; 0 lets the library choose.
    series : list of str or None
        SeriesInstanceUIDs to include; None for all.
    masks : dict or None
        Path of a mask by FrameOfReferenceUID.

    Raises
    ------
    PanelRequestError
        If something is missing or cannot be used.
    """
    inputs = existing(inputs)
    checkOutput(output, inputs)
    if keyFile and not os.path.isfile(keyFile):
        raise PanelRequestError(_("The project key file does not exist."))
    if keyFile and isInside(keyFile, output):
        raise PanelRequestError(
            _("The project key must not be in the output folder: whoever gets the folder gets the key.")
        )
    if series is not None and not series:
        raise PanelRequestError(_("No series is checked."))
    return {
        "inputs": inputs,
        "output": os.path.abspath(output),
        "private": privateFolder(output),
        "key_file": os.path.abspath(keyFile) if keyFile else None,
        "options": options.to_dict(),
        "jobs": jobs or None,
        "resume": os.path.isfile(os.path.join(privateFolder(output), "journal.jsonl")),
        "series": series,
        "masks": masks or {},
    }


def existing(paths):
    """Return absolute paths.

    Raises
    ------
    PanelRequestError
        If there is none or one does not exist (any more).
    """
    if not paths:
        raise PanelRequestError(_("Add images first."))
    missing = sum(not os.path.exists(path) for path in paths)
    if missing:
        raise PanelRequestError(
            _("{missing} of {all} inputs cannot be reached. Was a folder moved, or a network drive lost?").format(
                missing=missing, all=len(paths)
            )
        )
    return [os.path.abspath(path) for path in paths]


def checkOutput(output, inputs):
    """Refuse an output folder that is missing, inside an input, holds an input, or cannot be written to."""
    if not output or not output.strip():
        raise PanelRequestError(_("Choose an output folder."))
    if os.path.exists(output) and not os.path.isdir(output):
        raise PanelRequestError(_("The output is a file; choose a folder."))
    for path in inputs:
        if isInside(output, path):
            raise PanelRequestError(_("The output folder must not be inside an input folder."))
        if isInside(path, output):
            raise PanelRequestError(_("The output folder must not hold the input."))
    folder = os.path.abspath(output)
    while not os.path.exists(folder):
        folder = os.path.dirname(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PanelRequestError(_("The output folder cannot be written to."))


def privateFolder(output):
    """Return the folder beside the output that takes key, mapping file and journal."""
    from DeidentifyLib.files.folders import default_private_folder

    return str(default_private_folder(output))


def isInside(path, folder):
    """Whether a path is a folder or lies in it, links resolved."""
    path, folder = os.path.realpath(path), os.path.realpath(folder)
    try:
        return os.path.commonpath([path, folder]) == folder
    except ValueError:  # different drives
        return False
