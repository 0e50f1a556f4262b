"""What the panel's child process runs: DeidentifyLib, and a listener for "cancel" on stdin.

Killing PythonSlicer ends only Slicer's launcher, so cancel comes through stdin: the first line is the request, a line
"cancel" or the end of stdin (Slicer was closed or died) interrupts the run as Ctrl+C does, and it can be resumed.
No slicer, qt or vtk here.
"""

import io
import os
import signal
import sys
import threading


def interruptMainThread():
    """Deliver SIGINT to the main thread, also when it waits for a lock."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def readRequest(descriptor):
    """Return the first line of a pipe, and what was read beyond it.

    ``os.read`` and not a file object: a thread that waits in a buffered reader would break the end of Python.
    """
    data = b""
    while b"\n" not in data:
        part = os.read(descriptor, 65536)
        if not part:
            break
        data += part
    line, _newline, rest = data.partition(b"\n")
    return line + b"\n", rest


def listen(descriptor, data):
    """Wait for the word cancel or the end of the pipe, then interrupt the run."""
    while b"cancel\n" not in data:
        part = os.read(descriptor, 4096)
        if not part:
            break
        data += part
    interruptMainThread()


def main(arguments):
    """Run a subcommand of DeidentifyLib with the first line of stdin as its whole input."""
    commands = os.dup(0)
    devNull = os.open(os.devnull, os.O_RDONLY)
    os.dup2(devNull, 0)  # the workers of a pool do not share the commands
    os.close(devNull)
    request, rest = readRequest(commands)
    sys.stdin = io.TextIOWrapper(io.BytesIO(request), encoding="utf-8")
    threading.Thread(target=listen, args=(commands, rest), daemon=True).start()
    from DeidentifyLib.__main__ import main as run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
