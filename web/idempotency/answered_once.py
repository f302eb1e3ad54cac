"""Whatever else is created: a request that is sent again gets the first answer, with the secret that it showed.

The record commits with what was created. What was asked and answered is kept sealed in it: a password may be asked
for, and a key is answered that is kept nowhere else.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import request
from pydantic import BaseModel, RootModel
from pydantic_core import from_json, to_json
from sqlalchemy.orm import Session

from complaints.clock import utcnow
from complaints.errors import IdempotencyAnswerLost
from complaints.models import IdempotencyRecord
from web.http.access_tokens import secret_keys
from web.http.declared_headers import IDEMPOTENCY_KEY, REPLAYED, as_headers, read_header
from web.http.permissions import caller
from web.idempotency.attempt import Attempt, attempt_of, find_record, is_recorded, mismatch
from web.idempotency.sealing import SealBroken, seal, unseal

IN_THE_ANSWER = "sealed"
"""Stands in the table for a fingerprint, and is none of any body."""


class FirstAnswer(RootModel[dict[str, Any]]):
    """A body that is given again as it was, whatever the view's shape has become since."""


def answer_once(session: Session, create: Callable[[], dict[str, Any]], form: BaseModel | None = None) -> Any:
    """Return what the view answers: the body that `create` makes, or the first one where this was sent before.

    Call it once the caller's rights are known: what they may not do they may not repeat. Raises
    `IdempotencyMismatch` where the key came with another form or at another path, `IdempotencyAnswerLost` where
    the first answer can't be opened, and as `find_record` does.
    """
    key = read_header(IDEMPOTENCY_KEY)
    if key is None:
        return create()
    attempt = attempt_of(key, _asked(form), caller())
    record = find_record(session, attempt)
    if record is not None:
        return _first_answer(record, attempt), as_headers({REPLAYED: "true"})
    body = create()
    session.add(
        IdempotencyRecord(
            scope=attempt.scope,
            key=attempt.key,
            fingerprint=IN_THE_ANSWER,
            answer=seal(to_json({"attempt": asdict(attempt), "body": body}), secret_keys()),
            created_at=utcnow(),
        )
    )
    return body


def was_answered(session: Session, form: BaseModel) -> bool:
    """Say whether something was answered under the request's key: then nothing need be prepared for it."""
    key = read_header(IDEMPOTENCY_KEY)
    return key is not None and is_recorded(session, attempt_of(key, _asked(form), caller()))


def _asked(form: BaseModel | None) -> dict[str, Any]:
    return {"path": request.path, "body": {} if form is None else form.model_dump(mode="json")}


def _first_answer(record: IdempotencyRecord, attempt: Attempt) -> FirstAnswer:
    if record.answer is None:
        raise mismatch()
    try:
        kept = from_json(unseal(record.answer, secret_keys()))
    except SealBroken:
        raise IdempotencyAnswerLost(
            "What was asked for under this Idempotency-Key was made, but its answer can't be opened any more. "
            "Look at what is there; another key makes another."
        ) from None
    if kept["attempt"] != asdict(attempt):
        raise mismatch()
    return FirstAnswer(kept["body"])
