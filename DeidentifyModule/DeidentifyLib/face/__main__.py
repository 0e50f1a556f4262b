"""Run ``deidentify face`` as ``python -m DeidentifyLib.face``."""

import argparse
import sys

from ..command_line import face

parser = argparse.ArgumentParser(prog="deidentify face", description=face.__doc__)
face.add_arguments(parser)
sys.exit(face.main(parser.parse_args()))
