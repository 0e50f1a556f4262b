"""What ``deidentify face`` prints and returns."""

from __future__ import annotations

import argparse
import json

from ..face import FaceOutcome, Verdict

WRITTEN, FAILED, WRONG_USE, NOT_WRITTEN = 0, 1, 2, 3
WOULD_REMOVE = "would remove"


class WrongUse(ValueError):
    """The arguments do not fit the input; the message says how, without a path."""


def say(arguments: argparse.Namespace, judged: Verdict, forced: bool, accepted: bool) -> None:
    """Print the verdict: one line of JSON, or plain words. Nothing counts as removed that was not written.

    Parameters
    ----------
    arguments : argparse.Namespace
        Of the command; without ``image_out`` no image was written.
    judged : Verdict
    forced : bool
        Whether ``--force`` overruled the verdict.
    accepted : bool
        Whether there is a mask that removes the face.
    """
    written = accepted and arguments.image_out is not None
    verdict = WOULD_REMOVE if judged.outcome is FaceOutcome.REMOVED and not written else judged.outcome.value
    if arguments.json:
        print(json.dumps({**judged.to_dict(), "verdict": verdict, "forced": forced, "written": written}))
        return
    print(f"{verdict}: {judged.reason}")
    if forced and accepted:
        print(f"{'written' if written else 'would be written'} all the same, because --force was given")
    if accepted and not written:
        print("no image was written: give --image-out")
