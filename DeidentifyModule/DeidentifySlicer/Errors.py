"""The error that the panel and Slicer's Python console show to a person."""


class DeidentifyError(RuntimeError):
    """Something could not be done; the message says why and what to do."""
