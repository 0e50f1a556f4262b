"""Stand-in for ``slicer.i18n``: texts stay as they are."""

import os


def tr(text):
    return text


def translate(_context, text):
    return text


def getContext(sourceFile):
    return os.path.splitext(os.path.basename(sourceFile))[0]
