"""A long call of DeidentifyLib in a thread that touches neither MRML nor Qt, while the panel stays alive."""

import threading


class BackgroundCall(threading.Thread):
    """Runs one function; ``finish`` waits for it and lets Qt work meanwhile.

    Joining with a time limit gives the thread its turn: Qt's own loop would hold Python's lock.
    """

    def __init__(self, function, *arguments):
        super().__init__(daemon=True)
        self._function, self._arguments = function, arguments
        self._result, self._error = None, None

    def run(self):
        try:
            self._result = self._function(*self._arguments)
        except Exception as error:  # handed to the caller by finish
            self._error = error

    def finish(self, processEvents):
        """Return the result of the function, or raise what it raised."""
        self.start()
        while self.is_alive():
            self.join(0.02)
            processEvents()
        if self._error is not None:
            raise self._error
        return self._result
