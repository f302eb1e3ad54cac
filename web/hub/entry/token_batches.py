"""Where tokens are looked at: all that came while the ones before were looked at, together.

One query and one round trip to Redis for up to `BATCH` of them make the difference when thousands come at once.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from complaints.errors import SessionRevoked, TokenExpired, Unauthenticated
from web.hub.core.close_codes import Close
from web.hub.core.credentials import Identify, Known, Shown
from web.hub.entry.admission import OperatorCap
from web.hub.loop.context import Room

BATCH = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What a token came to: an identity, or the code to close with; `number` is that of the look."""

    identity: Known | None
    refusal: Close = Close.BAD_TOKEN
    number: int = field(default=0, compare=False)


TRY_LATER = Answer(None, Close.RESTART)

Told = Callable[[Answer], object]


@dataclass(frozen=True, slots=True)
class Question:
    """A token, the name of the socket that wants a place among its operator's, and who is told the answer.

    `is_wanted` says whether anybody still waits for it; any thread may ask.
    """

    shown: Shown
    name: str | None
    told: Told
    is_wanted: Callable[[], bool]


class Reception:
    """Used by the loop's thread; the looking is done by a helper."""

    def __init__(self, room: Room, identify: Identify, cap: OperatorCap, begin: Callable[[], int]) -> None:
        """`begin` gives each look its number."""
        self._room = room
        self._identify = identify
        self._cap = cap
        self._begin = begin
        self._waiting: deque[Question] = deque()
        self._busy = False

    def ask(
        self, shown: Shown, told: Told, *, is_wanted: Callable[[], bool], name: str | None = None
    ) -> None:
        """Have the token looked at, and a place taken for the socket of this name, if one is given.

        Where nobody wants the answer any more, nobody may be told, and no place is taken.
        """
        self._waiting.append(Question(shown, name, told, is_wanted))
        self._go_on()

    def _go_on(self) -> None:
        if self._busy:
            return
        batch = self._next_batch()
        if not batch:
            return
        self._busy = True
        look = partial(self._look, self._begin(), batch)
        self._room.work(look, partial(self._answer, batch), partial(self._fail, batch))

    def _next_batch(self) -> list[Question]:
        batch: list[Question] = []
        while self._waiting and len(batch) < BATCH:
            question = self._waiting.popleft()
            if question.is_wanted():
                batch.append(question)
        return batch

    def _look(self, number: int, batch: Sequence[Question]) -> list[Answer]:
        answers = [_answer(found, number) for found in self._identify([question.shown for question in batch])]
        claims = [
            (place, (answer.identity.operator_id, question.name))
            for place, (question, answer) in enumerate(zip(batch, answers, strict=True))
            if answer.identity is not None and question.name is not None and question.is_wanted()
        ]
        taken = self._cap.claim([claim for _, claim in claims]) if claims else []
        for (place, _), has_place in zip(claims, taken, strict=True):
            if not has_place:
                answers[place] = Answer(None, Close.TOO_MANY)
        return answers

    def _answer(self, batch: Sequence[Question], answers: Sequence[Answer]) -> None:
        self._busy = False
        self._go_on()
        for question, answer in zip(batch, answers, strict=True):
            question.told(answer)

    def _fail(self, batch: Sequence[Question]) -> None:
        """The database is away: whoever asked comes back later."""
        self._answer(batch, [TRY_LATER] * len(batch))


def _answer(found: Known | Unauthenticated, number: int) -> Answer:
    if not isinstance(found, Unauthenticated):
        return Answer(found, number=number)
    if isinstance(found, TokenExpired):
        return Answer(None, Close.EXPIRED)
    return Answer(None, Close.REVOKED if isinstance(found, SessionRevoked) else Close.BAD_TOKEN)
