"""Searches a saved scene for what may still identify: names, IDs, UIDs, dates, paths, the user and the computer."""

import getpass
import re
import socket
from collections import Counter
from dataclasses import dataclass, field

from .SavedScene import usualWords
from .Translation import tr as _

UID_IN_TEXT = re.compile(r"(?<![\w.])(?:2\.25\.[1-9]\d{9,}|[0-2](?:\.(?:0|[1-9]\d*)){4,})(?![\w.])")
STANDARD_UIDS = "1.2.840.10008."
DATE_IN_TEXT = re.compile(
    r"(?<![\w.^])(?:(?:19|20)\d\d(?P<mark>[-/.]?)(?:0[1-9]|1[0-2])(?P=mark)(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d)(?![\w.^])"
)
PATH_IN_TEXT = re.compile(r"""(?<![\w\\/.:)])(?:[A-Za-z]:[\\/][^\s"<>|]|\\\\[\w.-]+\\|file:/|~?/[\w.%-]+/[\w.%-])""")
NOT_ONE_PERSON = {"root", "user", "users", "admin", "administrator", "localhost", "localdomain", "slicer", "home"}
LONG_NUMBER = 6
"""A number of fewer digits is in any scene; it is a doubt where an ID is the same, and only in a text with letters."""
MOST_PLACES = 3


@dataclass
class Residue:
    """What was found in a saved scene.

    Attributes
    ----------
    identity : Counter
        (what, place) of names, IDs and UIDs: the scene must not be passed on.
    doubts : Counter
        (what, place) of dates, paths, user and computer: somebody must look.
    complete : bool
        Whether every node could be written and so was searched.
    """

    identity: Counter = field(default_factory=Counter)
    doubts: Counter = field(default_factory=Counter)
    complete: bool = True


def residueOf(saved, scene, known, newUids):
    """Return the `Residue` in the files of a scene.

    Parameters
    ----------
    saved : SavedScene
    scene : vtkMRMLScene
        The scene that was saved.
    known : KnownIdentifiers
        What the scene said of its patients before it was cleaned.
    newUids : set of str
        UIDs that cleaning has put into the scene.
    """
    usual = usualWords(scene)
    words = known.selected(lambda word: word.casefold() not in usual and not isShortNumber(word))
    numbers = known.selected(isShortNumber)
    here = computerWords()
    residue = Residue(complete=saved.complete)
    for one in saved.texts:
        place = known.replaced(one.place)
        for uid in UID_IN_TEXT.findall(one.text):
            if uid not in newUids and not uid.startswith(STANDARD_UIDS):
                residue.identity[_("a UID"), place] += 1
        if identified(one.text, words):
            residue.identity[_("a name, ID or date of the patient"), place] += 1
        elif numbers.found(one.text) and hasLetters(one.text):
            residue.doubts[_("a number that is also an ID of the patient"), place] += 1
        if DATE_IN_TEXT.search(one.text):
            residue.doubts[_("a date"), place] += 1
        if PATH_IN_TEXT.search(one.text):
            residue.doubts[_("a file path"), place] += 1
        if here.found(one.text):
            residue.doubts[_("the name of this user or computer"), place] += 1
    return residue


def identified(text, words):
    """Whether a text holds a known identifier."""
    return words.found(text) or (hasLetters(text) and words.foundInside(text))


def isShortNumber(word):
    """Whether an identifier is a number as it is common in any scene."""
    return word.isdigit() and len(word) < LONG_NUMBER


def hasLetters(text):
    """Whether a text is more than numbers."""
    return re.search(r"[^\W\d_]", text) is not None


def computerWords():
    """Return the names of this user and computer, as far as they may name one person or place."""
    from .KnownIdentifiers import KnownIdentifiers

    found = KnownIdentifiers()
    try:
        names = [getpass.getuser()]
    except (OSError, KeyError, ImportError):  # no such user in the system
        names = []
    host = socket.gethostname()
    for name in {*names, host, host.partition(".")[0]}:
        if name.casefold() not in NOT_ONE_PERSON:
            found.addWhole(name)
    return found


def residueLines(residue):
    """Return what was found, and what it means, in sentences."""
    lines = []
    for counter, text in (
        (residue.identity, _("Still in the saved scene: {what} in {places}. Do not pass it on.")),
        (residue.doubts, _("In the saved scene there is {what} in {places}. Look at it before you pass the scene on.")),
    ):
        whats = {}
        for what, place in counter:
            whats.setdefault(what, []).append(place)
        lines += [text.format(what=what, places=placesText(places)) for what, places in whats.items()]
    if not residue.complete:
        lines.append(_("Slicer could not write every node; what it did not write was not searched."))
    return lines or [_("The saved scene was searched file by file: nothing that is known of the patient is in it.")]


def placesText(places):
    """Return the first places of many."""
    shown = "; ".join(places[:MOST_PLACES])
    more = len(places) - MOST_PLACES
    return shown + (" " + _("and {number} more").format(number=more) if more > 0 else "")
