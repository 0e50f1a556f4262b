"""Say the figures behind a verdict in plain words; the numbers themselves stand behind a fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .verdicts import INSIDE, MATCH, OUTLINE, RETURN_MM, SCALP, SYMMETRY

WELL = 0.26
"""From this match on a fit is good; between the least match and this it does."""
TURNED = 15.0
Words = Callable[[float], str]


def in_plain_words(figures: Mapping[str, float]) -> list[str]:
    """Return short statements on the fit, the worst doubt last; empty without figures.

    Parameters
    ----------
    figures : mapping of str to float
        As in `verdicts.Verdict.figures`; those that are absent or need no word are left out.
    """
    return list(_statements(figures))


def _statements(figures: Mapping[str, float]) -> Iterator[str]:
    for name, say in _STATEMENTS.items():
        value = figures.get(name)
        words = "" if value is None else say(float(value))
        if words:
            yield words


def _match(value: float) -> str:
    if value >= WELL:
        return "the head fits well"
    return "the head fits just well enough" if value >= MATCH else "the head fits badly"


def _brain(value: float) -> str:
    return f"the cut stays {value:.0f} mm from the brain" if value >= 0.5 else "the cut reaches the brain"


def _outline(value: float) -> str:
    return "its outline agrees" if value >= OUTLINE else "its outline does not agree"


def _symmetry(value: float) -> str:
    return "" if value >= SYMMETRY else "its two sides differ"


def _inside(value: float) -> str:
    if value > 0.95:
        return "all of the head is in view"
    return f"{value:.0%} of the head is in view" + (" - too little" if value < INSIDE else "")


def _scalp(value: float) -> str:
    return "" if value >= SCALP else "hardly any skin is seen about the skull"


def _turn(value: float) -> str:
    return f"the head lies turned by {value:.0f} degrees" if value > TURNED else ""


def _return(value: float) -> str:
    if value > RETURN_MM:
        return f"other places fit nearly as well, {value:.0f} mm apart" if value < 90 else "other places were not tried"
    return f"looked for again from elsewhere it was found in the same place, within {max(1.0, value):.0f} mm"


_STATEMENTS: Mapping[str, Words] = {
    "match": _match,
    "brain_mm": _brain,
    "outline": _outline,
    "inside": _inside,
    "symmetry": _symmetry,
    "scalp_tissue": _scalp,
    "turn_deg": _turn,
    "return_mm": _return,
}
