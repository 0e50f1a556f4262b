"""Plain words for progress and result of a run."""

import json
import os

from .Translation import tr as _

AUDIT_FAILED, AUDIT_INCOMPLETE, CANCELLED = 4, 5, 130
"""Exit codes of a run: identity or another fault found, not everything checked, stopped by the user."""

UNITS = {"plan": "studies", "scan": "files", "audit": "files"}
"""What a phase counts, if not images."""


def counted(number, one, many):
    """Return ``1 patient`` or ``2 patients``; both texts hold ``{number}``."""
    return (one if number == 1 else many).format(number=grouped(number))


def progressText(message, elapsedSeconds, before=0):
    """Return one line: count, speed and time left.

    Parameters
    ----------
    message : dict
        Progress line of the child.
    elapsedSeconds : float
        Since the phase began.
    before : int
        What an earlier run into the same folder had written; counted, but not for the speed.
    """
    unit = UNITS.get(message.get("phase"), "images")
    done, total = message.get("done", 0), message.get("total")
    shown = min(done + before, total) if total else done + before
    parts = [unitText(unit, bool(total)).format(done=grouped(shown), total=grouped(total or 0))]
    if elapsedSeconds > 0.5 and done and unit != "studies":
        speed = _("{speed} images/s") if unit == "images" else _("{speed} files/s")
        parts.append(speed.format(speed=grouped(round(done / elapsedSeconds))))
    left = (total or 0) - shown
    if left > 0 and done and elapsedSeconds > 2:
        parts.append(_("about {time} left").format(time=duration(elapsedSeconds * left / done)))
    return " · ".join(parts)


def unitText(unit, hasTotal):
    """Return the text for a count of images, files or studies."""
    if unit == "studies":
        return _("{done} of {total} studies") if hasTotal else _("{done} studies")
    if unit == "files":
        return _("{done} of {total} files") if hasTotal else _("{done} files")
    return _("{done} of {total} images") if hasTotal else _("{done} images")


def duration(seconds):
    """Return a rough duration such as ``40 s``, ``3 min`` or ``2 h 5 min``."""
    seconds = max(0, round(seconds))
    if seconds < 90:
        return _("{number} s").format(number=seconds)
    minutes = round(seconds / 60)
    if minutes < 90:
        return _("{number} min").format(number=minutes)
    return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


def grouped(number):
    """Return a number with thin spaces between thousands."""
    return f"{number:,}".replace(",", "\u202f")


def journalEntries(privateFolder):
    """Return the last line of the journal for each input of a run; for the panel only."""
    path = os.path.join(privateFolder or "", "journal.jsonl")
    found = {}
    if not os.path.isfile(path):
        return []
    with open(path, encoding="utf-8") as journal:
        for line in journal:
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # the last line of a run that was killed
            if "input" in entry:
                found[entry["input"], entry.get("member")] = entry
    return list(found.values())


def seriesStates(entries):
    """Return what became of each series, in words, by its original UID, as far as the journal names series."""
    counts = {}
    for entry in entries:
        if entry.get("series_uid"):
            written, total = counts.get(entry["series_uid"], (0, 0))
            counts[entry["series_uid"]] = written + (entry.get("status") == "written"), total + 1
    return {uid: stateText(written, total) for uid, (written, total) in counts.items()}


def stateText(written, total):
    """Return ``written``, ``not written`` or how many of how many."""
    if written == total:
        return _("written")
    if not written:
        return _("not written")
    return _("{written} of {total}").format(written=grouped(written), total=grouped(total))


def writtenBefore(entries):
    """Return how many inputs the entries of a journal call written."""
    return sum(entry.get("status") == "written" for entry in entries)


def seriesToReview(privateFolder):
    """Return how many series the review list of a run names."""
    path = os.path.join(privateFolder or "", "review", "review.json")
    try:
        with open(path, encoding="utf-8") as file:
            return len(json.load(file).get("items", []))
    except (OSError, ValueError):
        return 0
