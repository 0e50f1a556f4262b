"""Tasks on the workers of a dask.distributed cluster, through the interface of `concurrent.futures`.

The key does not travel: workers read the key file, which lies on a file system that they share with the
run, as input and output do. A task names paths of the input, so traffic between machines should be
encrypted; see docs/cluster.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from ..files.folders import FolderError

_SECONDS_TO_CONNECT = 30
_TASKS_PER_THREAD = 3


class ClusterError(FolderError):
    """The scheduler cannot be used."""


@contextmanager
def connected(address: str) -> Iterator[tuple[Executor, int]]:
    """Connect to a scheduler.

    Parameters
    ----------
    address : str
        Such as ``tcp://10.0.0.1:8786``, or the path of a scheduler file.

    Returns
    -------
    Executor
    int
        How many tasks to give to it at once.

    Raises
    ------
    ClusterError
        If dask.distributed is not installed, nobody answers, or there is no worker.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("--scheduler needs dask.distributed: pip install 'deidentify[cluster]'") from None
    where = {"scheduler_file": address} if address.endswith(".json") else {"address": address}
    try:
        client = Client(**where, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(f"the scheduler does not answer ({type(error).__name__})") from error
    try:
        client.wait_for_workers(1, timeout=_SECONDS_TO_CONNECT)
        threads = sum(client.nthreads().values())
        yield client.get_executor(pure=False), _TASKS_PER_THREAD * max(threads, 1) + 1
    except TimeoutError:
        raise ClusterError("the scheduler has no workers") from None
    finally:
        client.close()


def lost_workers() -> tuple[type[BaseException], ...]:
    """Return what futures raise when workers were lost too often at a task."""
    from distributed import CancelledError, KilledWorker

    return (KilledWorker, CancelledError)
