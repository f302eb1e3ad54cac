"""What came of a body: in memory while it is small, in a file of no name above that, within the request's limit."""

import io
from tempfile import TemporaryFile
from typing import IO

from web.serving.request_refusals import BodyTooLarge, NoRoom
from web.uploads.body_limits import MAXIMUM_BODY_BYTES


class BodyContent:
    """A body as it grows. Writing raises `BodyTooLarge`, and `NoRoom` where the disk takes no more."""

    def __init__(self, limit_bytes: int = MAXIMUM_BODY_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self.size = 0

    @property
    def held_bytes(self) -> int:
        """How much memory it takes."""
        return len(self._memory)

    @property
    def spooled_bytes(self) -> int:
        """How much of the disk it takes."""
        return 0 if self._file is None else self.size

    def expect(self, size: int) -> None:
        """Raise `BodyTooLarge` where so many bytes in all would be too many."""
        if size > self._limit_bytes:
            raise BodyTooLarge

    def write(self, data: bytes | bytearray) -> None:
        """Add what came."""
        self.expect(self.size + len(data))
        self.size += len(data)
        if self._file is None:
            self._memory += data
        if self.size > MAXIMUM_BODY_BYTES:
            self._spool(data)

    def _spool(self, data: bytes | bytearray) -> None:
        try:
            if self._file is None:
                self._file = TemporaryFile(buffering=0)  # noqa: SIM115 - it is closed with the request
                data, self._memory = self._memory, bytearray()
            if self._file.write(data) != len(data):
                raise NoRoom
        except OSError:
            raise NoRoom from None

    def as_file(self) -> IO[bytes]:
        """Return all of it, to be read from its start; whoever takes it closes it."""
        if self._file is None:
            return io.BytesIO(self._memory)
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Forget it."""
        if self._file is not None:
            self._file.close()
