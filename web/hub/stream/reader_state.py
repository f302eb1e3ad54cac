"""What other threads may see of the reader, and the one thing that they may ask of it."""


class ReaderState:
    """Written by the reader's thread, save for `look_now`. Times are those of `time.monotonic`.

    `well`: the stream can be read; `fresh_at`: when the database last answered; `head_due_at`: when to look at the
    order's head again.
    """

    __slots__ = ("fresh_at", "head_due_at", "well")

    def __init__(self) -> None:
        self.well = True
        self.fresh_at = 0.0
        self.head_due_at = 0.0

    def look_now(self) -> None:
        """Let the reader look at the order's head again now: somebody knows of another epoch."""
        self.head_due_at = 0.0
