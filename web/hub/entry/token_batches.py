"""Where tokens and keys are looked at: all that came while the ones before were looked at, together.

One query and one round trip to Redis for up to `BATCH` of them make the difference when thousands come at once.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from complaints.errors import KeyExpired, KeyRevoked, SessionRevoked, TokenExpired, Unauthenticated
from web.hub.core.close_codes import CloseCode
from web.hub.core.credentials import Credential, Identify, SocketIdentity
from web.hub.entry.operator_cap import OperatorCap
from web.hub.loop.context import HubContext

BATCH = 50
REFUSALS = {
    (TokenExpired, KeyExpired): CloseCode.EXPIRED,
    (SessionRevoked, KeyRevoked): CloseCode.REVOKED,
}
"""What to close with; anything else is a bad token."""


@dataclass(frozen=True, slots=True)
class TokenResult:
    """What a token came to: an identity, or the code to close with; `number` is that of the look."""

    identity: SocketIdentity | None
    refusal: CloseCode = CloseCode.BAD_TOKEN
    number: int = field(default=0, compare=False)


TRY_LATER = TokenResult(None, CloseCode.RESTART)

OnResult = Callable[[TokenResult], object]


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """A token, the name of the socket that wants a place among its operator's, and what is called with the result.

    `is_wanted` says whether anybody still waits for it; any thread may ask.
    """

    credential: Credential
    name: str | None
    on_result: OnResult
    is_wanted: Callable[[], bool]


class TokenBatches:
    """Used by the loop's thread; the looking is done by a helper."""

    def __init__(
        self, context: HubContext, identify: Identify, cap: OperatorCap, begin: Callable[[], int]
    ) -> None:
        """`begin` gives each look its number."""
        self._context = context
        self._identify = identify
        self._cap = cap
        self._begin = begin
        self._waiting: deque[TokenCheck] = deque()
        self._busy = False

    def ask(
        self,
        credential: Credential,
        on_result: OnResult,
        *,
        is_wanted: Callable[[], bool],
        name: str | None = None,
    ) -> None:
        """Have the token looked at, and a place taken for the socket of this name, if one is given.

        Where nobody wants the result any more, `on_result` need not be called, and no place is taken.
        """
        self._waiting.append(TokenCheck(credential, name, on_result, is_wanted))
        self._go_on()

    def _go_on(self) -> None:
        if self._busy:
            return
        batch = self._next_batch()
        if not batch:
            return
        self._busy = True
        look = partial(self._look, self._begin(), batch)
        self._context.run_in_helper(look, partial(self._tell, batch), partial(self._fail, batch))

    def _next_batch(self) -> list[TokenCheck]:
        batch: list[TokenCheck] = []
        while self._waiting and len(batch) < BATCH:
            check = self._waiting.popleft()
            if check.is_wanted():
                batch.append(check)
        return batch

    def _look(self, number: int, batch: Sequence[TokenCheck]) -> list[TokenResult]:
        results = [
            _result_of(found, number) for found in self._identify([check.credential for check in batch])
        ]
        claims = [
            (place, (result.identity.holder_id, check.name))
            for place, (check, result) in enumerate(zip(batch, results, strict=True))
            if result.identity is not None and check.name is not None and check.is_wanted()
        ]
        taken = self._cap.claim([claim for _, claim in claims]) if claims else []
        for (place, _), has_place in zip(claims, taken, strict=True):
            if not has_place:
                results[place] = TokenResult(None, CloseCode.TOO_MANY)
        return results

    def _tell(self, batch: Sequence[TokenCheck], results: Sequence[TokenResult]) -> None:
        self._busy = False
        self._go_on()
        for check, result in zip(batch, results, strict=True):
            check.on_result(result)

    def _fail(self, batch: Sequence[TokenCheck]) -> None:
        """The database is away: whoever asked comes back later."""
        self._tell(batch, [TRY_LATER] * len(batch))


def _result_of(found: SocketIdentity | Unauthenticated, number: int) -> TokenResult:
    if not isinstance(found, Unauthenticated):
        return TokenResult(found, number=number)
    for refusals, code in REFUSALS.items():
        if isinstance(found, refusals):
            return TokenResult(None, code)
    return TokenResult(None)
