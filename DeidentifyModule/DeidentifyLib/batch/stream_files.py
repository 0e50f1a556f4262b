"""One instance through the byte-stream engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..files.byte_sources import ByteSource, SourceChanged
from ..files.input_files import Source
from ..files.output_files import write_pieces
from ..header.stream.engine import StreamEngine
from ..header.stream.level_output import Piece
from ..pseudonyms.pseudonymizer import Subject


def stream_file(
    engine: StreamEngine, source: Source, output: str, subject: Subject, checksum: bool
) -> tuple[int, str, list[int]]:
    """De-identify one file.

    Returns
    -------
    size : int
        Bytes of the output.
    sha256 : str
        Empty without `checksum`.
    counted : list of int
        See `StreamEngine.counts`.

    Raises
    ------
    NotStreamable
        If the reference engine has to do it; nothing was written.
    OutputFailure, OSError
        If the output cannot be written, or the input not read.
    """
    with source.open_bytes() as data:
        streamed = engine.deidentify(data, subject)
        size, sha256 = write_pieces(output, of_unchanged(data, streamed.pieces), data, checksum)
    return size, sha256, streamed.counted


def of_unchanged(data: ByteSource | None, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield pieces, and refuse at the end a source that changed meanwhile: the file is not moved to its place."""
    yield from pieces
    if data is not None and data.has_changed():
        raise SourceChanged(None, "the file changed while it was read")
