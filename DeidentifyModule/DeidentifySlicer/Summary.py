"""Plain words for progress and result of a run."""

import json
import os

from .Translation import tr as _

MAXIMUM_PROBLEMS = 1000
AUDIT_FAILED, AUDIT_INCOMPLETE = 4, 5
"""Exit code of a run whose result holds identity."""


def counted(number, one, many):
    """Return ``1 patient`` or ``2 patients``; both texts hold ``{number}``."""
    return (one if number == 1 else many).format(number=grouped(number))


def progressText(message, elapsedSeconds):
    """Return one line: count, speed and time left."""
    done, total = message.get("done", 0), message.get("total")
    count = _("{done} of {total} images") if total else _("{done} images")
    parts = [count.format(done=grouped(done), total=grouped(total or 0))]
    if elapsedSeconds > 0.5 and done:
        parts.append(_("{speed} images/s").format(speed=grouped(round(done / elapsedSeconds))))
    eta = message.get("eta_seconds")
    if eta is None and total and done and elapsedSeconds > 2:
        eta = elapsedSeconds * (total - done) / done
    if eta is not None and total and done < total:
        parts.append(_("about {time} left").format(time=duration(eta)))
    return " · ".join(parts)


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


def resultText(message):
    """Return what a finished run did, in one or two sentences."""
    counts = message.get("counts", {})
    written, withheld = counts.get("written", 0), counts.get("withheld", 0)
    rejected, notDicom = counts.get("rejected", 0), counts.get("not_dicom", 0)
    exitCode = message.get("exit_code")
    if exitCode == 130:
        start = _("Stopped. {written} of {inputs} images are written; press De-identify to continue.")
    elif exitCode == AUDIT_FAILED:
        start = _("The audit failed. Do not pass the result on; see the report.")
    elif exitCode == AUDIT_INCOMPLETE:
        start = _(
            "{written} of {inputs} images written. No identity was found, but not everything could be checked; "
            "see the report."
        )
    else:
        start = _("Done: {written} of {inputs} images written.")
    parts = [start.format(written=grouped(written), inputs=grouped(counts.get("inputs", written)))]
    if withheld:
        parts.append(_("{number} withheld.").format(number=grouped(withheld)))
    if rejected:
        parts.append(_("{number} rejected.").format(number=grouped(rejected)))
    if message.get("audit") == "passed":
        parts.append(_("The result was checked: no identity was found in it."))
    if notDicom:
        parts.append(counted(notDicom, _("{number} file was not DICOM."), _("{number} files were not DICOM.")))
    return " ".join(parts)


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


def problems(entries):
    """Return (status, reason, path) of what was not written."""
    rows = [
        (entry.get("status", ""), entry.get("reason", ""), str(entry["input"]))
        for entry in entries
        if entry.get("status") in ("withheld", "rejected")
    ]
    return rows[:MAXIMUM_PROBLEMS]


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
