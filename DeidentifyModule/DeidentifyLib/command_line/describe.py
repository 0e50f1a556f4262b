"""``deidentify describe``."""

from __future__ import annotations

import argparse
import sys

from ..options import OptionsError
from ..profile.describe import consequences, describe_actions
from ..profile.support import refused
from .main import WRONG_USE
from .option_arguments import add_option_arguments, options_from


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the sub command."""
    parser.add_argument(
        "--conformance", action="store_true", help="print the conformance statement, attribute by attribute"
    )
    add_option_arguments(parser)


def main(arguments: argparse.Namespace) -> int:
    """Print what the chosen options do."""
    try:
        options = options_from(arguments)
    except OptionsError as error:
        print(f"deidentify: {error}", file=sys.stderr)
        return WRONG_USE
    missing = refused(options)
    if missing:
        print(f"deidentify: not available in this version: {', '.join(missing)}", file=sys.stderr)
        return WRONG_USE
    if arguments.conformance:
        from ..profile.conformance import conformance_statement

        print(conformance_statement(options), end="")
        return 0
    print("What is done:")
    for line in describe_actions(options):
        print(f"- {line}")
    print("What that means:")
    for line in consequences(options):
        print(f"- {line}")
    return 0
