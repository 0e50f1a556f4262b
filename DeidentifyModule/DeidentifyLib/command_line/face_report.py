"""What ``deidentify face`` prints and returns."""

from __future__ import annotations

import argparse
import json

from ..face import Verdict

WRITTEN, FAILED, WRONG_USE, NOT_WRITTEN = 0, 1, 2, 3


class WrongUse(ValueError):
    """The arguments do not fit the input; the message says how, without a path."""


def say(arguments: argparse.Namespace, judged: Verdict, forced: bool, written: bool) -> None:
    """Print the verdict: one line of JSON, or plain words."""
    if arguments.json:
        print(json.dumps({**judged.to_dict(), "forced": forced, "written": written}))
        return
    print(f"{judged.outcome.value}: {judged.reason}")
    if forced:
        print("written all the same, because --force was given")
