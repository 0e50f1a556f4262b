"""Faces in the report: what is open and what was removed with pictures, everything else in one line of counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .markup import Node, Page, node, picture

REMOVED, NO_HEAD, UNCERTAIN = "removed", "no head in the field of view", "uncertain"
SHOWN = 200
"""Cards; the rest is in ``series.csv``."""
_TITLES = {UNCERTAIN: "withheld: look at this", REMOVED: "face removed"}
Record = Mapping[str, Any]


def fill_faces(page: Page, report: Record, folder: Path, private: Path | None) -> None:
    """Fill the section on faces, or take it out where the option was not used.

    Parameters
    ----------
    page : Page
    report : mapping
        As in ``report.json``.
    folder : Path
        Of the page: ``OUTPUT/report``.
    private : Path or None
        Folder of the private pictures, on which the face before its removal is seen; None for the page that may be
        given away.
    """
    found = list(_faces(report))
    if not found:
        page.remove("faces")
        return
    page.fill("face-cards", node("p", _counts(found)))
    shown = sorted((one for one in found if _is_shown(one[1])), key=lambda one: _rank(one, folder, private))
    groups: dict[tuple[str, str], list[tuple[Record, Record]]] = {}
    for one in shown:
        groups.setdefault(_group(one, folder, private), []).append(one)
    cards = [_card(many, folder, private) for many in groups.values()]
    if cards:
        page.fill("face-cards", node("div", *cards[:SHOWN], class_="cards"))
    if len(cards) > SHOWN:
        page.fill("face-cards", node("p", f"{len(cards) - SHOWN:,} more are in series.csv.", class_="hint"))


def _faces(report: Record) -> Iterator[tuple[Record, Record]]:
    """Yield (subject, series) of every series whose face was judged."""
    for subject in report.get("subjects") or ():
        for study in subject.get("studies", ()):
            for series in study.get("series", ()):
                if series.get("face"):
                    yield subject, series


def _counts(found: list[tuple[Record, Record]]) -> str:
    verdicts = Counter(str(series["face"].get("verdict", "")) for _, series in found)
    accepted = sum(bool(series["face"].get("overridden")) for _, series in found)
    parts = [
        f"{_series(verdicts[REMOVED])}: the face was removed",
        f"{_series(verdicts[UNCERTAIN])}: uncertain",
        f"{_series(verdicts[NO_HEAD])}: no face in view, left as they are",
    ]
    if accepted:
        parts.append(f"{_series(accepted)} of these decided by a person")
    return "; ".join(parts) + "."


def _series(number: int) -> str:
    return f"{number:,} series"


def _is_shown(series: Record) -> bool:
    face = series["face"]
    return face.get("verdict") != NO_HEAD or bool(face.get("overridden"))


def _rank(one: tuple[Record, Record], folder: Path, private: Path | None) -> tuple[int, bool]:
    face = one[1]["face"]
    return (0 if face.get("verdict") == UNCERTAIN else 1), _picture(face, folder, private) is None


def _group(one: tuple[Record, Record], folder: Path, private: Path | None) -> tuple[str, str]:
    """Return what a card stands for: one series with a picture or figures, or all series with one reason."""
    face = one[1]["face"]
    if _picture(face, folder, private) is not None or face.get("figures"):
        return "series", str(one[1].get("series", ""))
    return str(face.get("verdict", "")), str(face.get("reason", ""))


def _picture(face: Record, folder: Path, private: Path | None) -> Path | None:
    base, key = (private, "private_picture") if private is not None else (folder, "picture")
    name = face.get(key)
    return base / name if name and (base / name).is_file() else None


def _card(many: list[tuple[Record, Record]], folder: Path, private: Path | None) -> Node:
    subject, series = many[0]
    face = series["face"]
    verdict = str(face.get("verdict", ""))
    card = node("div", class_="card")
    place = _picture(face, folder, private)
    if place is not None:
        card.append(picture(place, f"Face check of series {tail(str(series.get('series', '')))}"))
    label = _TITLES.get(verdict, verdict)
    if face.get("overridden"):
        label += ", decided by a person"
    modalities = ", ".join(sorted({str(one.get("modality", "")) for _, one in many}))
    card.append(
        node("p", node("span", label, class_=f"label {'good' if verdict == REMOVED else 'open'}"), " ", modalities)
    )
    if len(many) == 1:
        card.append(node("p", f"{subject.get('new_id', '')} / {tail(str(series.get('series', '')))}", class_="name"))
    else:
        card.append(node("p", f"{len(many):,} series, all in series.csv", class_="name"))
    if face.get("reason"):
        card.append(node("p", sentence(str(face["reason"]))))
    figures = face.get("figures") or {}
    if figures:
        from ..face.plain_words import in_plain_words  # its SimpleITK takes a second to load

        card.append(node("p", sentence("; ".join(in_plain_words(figures)))))
        numbers = "; ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
        card.append(node("details", node("summary", "Numbers"), node("p", numbers, class_="hint")))
    return card


def sentence(text: str) -> str:
    """Return a text with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) or not text else ".")


def tail(uid: str) -> str:
    """Return the end of a UID."""
    return uid if len(uid) <= 16 else "…" + uid[-12:]
