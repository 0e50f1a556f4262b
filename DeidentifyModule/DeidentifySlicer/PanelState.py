"""What the panel holds but never writes to scene, settings or log: paths, what was found, masks."""

from dataclasses import dataclass, field


@dataclass
class PanelState:
    """State that the sections of the panel share.

    Attributes
    ----------
    inputs : list of str
        Folders, files and archives, absolute.
    subjects : list of dict
        What the scan found: subjects with studies with series (originals; memory only).
    masks : dict
        `BoundMask` by FrameOfReferenceUID: masks made or corrected by the user, for the run.
    busy : str
        What is under way ("scan", "run", ...), or empty.
    lastRun : dict
        Last line of the last run, with counts and paths.
    working, outcome : Status or None
        What the status line says while something is under way, and of the last run.
    outcomeOf : tuple or None
        Inputs, output folder and options that the outcome belongs to.
    """

    inputs: list = field(default_factory=list)
    subjects: list = field(default_factory=list)
    masks: dict = field(default_factory=dict)
    busy: str = ""
    lastRun: dict = field(default_factory=dict)
    working: object = None
    outcome: object = None
    outcomeOf: object = None
