"""Complaints from before, as lines of JSON: read a batch at a time, and answered so."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, current_app, g, request, stream_with_context
from pydantic import Field, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from complaints.accounts.rights import require_site
from complaints.clock import utcnow
from complaints.errors import Invalid, RedressError
from complaints.forms.complaint_forms import ImportedComplaint
from complaints.verbs.importing import Imported, import_batch
from web.api.shapes import Shape
from web.http.app_services import Services, services
from web.http.declared_headers import reads_lines
from web.http.permissions import Caller, caller, imports
from web.http.problem_responses import Fault, faults_of
from web.http.request_hooks import NDJSON

blueprint = APIBlueprint("import", __name__, tag="Complaints")
LINES_MAXIMUM = 10_000
LINE_MAXIMUM_BYTES = 64 * 1024
BATCH = 200


class LineFaultShape(Shape):
    """What is wrong with one field of a line."""

    pointer: str = Field(description="Which field; empty for the whole.", examples=["/category"])
    detail: str = Field(description="What is wrong with it.", examples=["There is no category 'noize'."])


class LineErrorShape(Shape):
    """Why a line was not taken in."""

    code: str = Field(description="The problem's code; never changes.", examples=["invalid"])
    detail: str = Field(
        description="What is wrong, in a sentence.", examples=["There is no category 'noize'."]
    )
    errors: list[LineFaultShape] = Field(default_factory=list, description="Each field that is wrong.")


class LineShape(Shape):
    """What has become of a line."""

    line: int = Field(description="Which line, counted from 1.", examples=[1])
    ok: bool = Field(description="Whether the complaint is there.", examples=[True])
    created: bool = Field(
        default=False,
        description="Whether this line brought it in; false where it was there before.",
        examples=[True],
    )
    id: UUID | None = None
    reference: str | None = None
    error: LineErrorShape | None = Field(default=None, description="Why it is not there; null where it is.")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, and what it says or why it says nothing."""

    number: int
    form: ImportedComplaint | None = None
    error: LineErrorShape | None = None


@blueprint.post("/complaints/import")
@imports
@reads_lines(ImportedComplaint, LineShape)
@blueprint.doc(summary="Import complaints")
def post_import() -> Response:
    """Take in up to 10,000 complaints from before, one a line (NDJSON), and answer with a line for each.

    `created_at` is when it came, and `status` how it stands. Nobody is alerted or reminded; the events are in the
    feed, and say `imported` among their changes. Lines are taken in by some hundreds: where the answer breaks off,
    send all again. By its `external_id` each that is there is known, and answered with `created` false. A line that
    is refused stops no other. After 10,000 lines, or at one over 64 KiB, it ends, as the answer's last line says.
    """
    if request.mimetype != NDJSON:
        raise UnsupportedMediaType(f"The body must be lines of JSON: send Content-Type: {NDJSON}.")
    answers = _answers(services(), caller(), request.stream, g.request_id, current_app.json.loads)
    first = next(answers, "")  # before anything is answered: a database that is away is a 503
    return Response(stream_with_context(chain((first,), answers)), content_type=NDJSON)


def _answers(here: Services, who: Caller, body: IO[bytes], request_id: str, loads: Any) -> Iterator[str]:
    lines = _read(body, loads)
    while batch := list(islice(lines, BATCH)):
        forms = [line.form for line in batch if line.form is not None]
        with here.database.write() as session:
            imported = iter(
                import_batch(
                    session,
                    forms,
                    actor=who.actor,
                    api_client_id=_client_of(who),
                    allow=lambda form: require_site(who.sites, form.site),
                    now=utcnow(),
                    request_id=request_id,
                )
            )
        here.poker.poke_sequencer(request_id)
        yield "".join(
            f"{_answer(line, next(imported) if line.form else None).model_dump_json()}\n" for line in batch
        )


def _client_of(who: Caller) -> UUID:
    assert who.key is not None  # noqa: S101 - `imports` lets nobody else in
    return who.key.client_id


def _read(body: IO[bytes], loads: Any) -> Iterator[_Line]:
    """Yield the lines that say something, without what is empty."""
    for number in range(1, LINES_MAXIMUM + 2):
        text = body.readline(LINE_MAXIMUM_BYTES + 1)
        if not text:
            return
        if number > LINES_MAXIMUM or len(text) > LINE_MAXIMUM_BYTES:
            what = f"more than {LINES_MAXIMUM} lines" if number > LINES_MAXIMUM else "a line over 64 KiB"
            yield _Line(
                number, error=LineErrorShape(code="too_large", detail=f"There is {what}: it ends here.")
            )
            return
        if text.strip():
            yield _parse(number, text, loads)


def _parse(number: int, text: bytes, loads: Any) -> _Line:
    try:
        said = loads(text.decode())
        if not isinstance(said, dict):
            raise Invalid("The line must be a JSON object.")
        return _Line(number, ImportedComplaint.model_validate(said))
    except ValidationError as error:
        detail, faults = faults_of(error)
        return _Line(number, error=_error("invalid", detail, faults))
    except RedressError as error:
        return _Line(number, error=_refused(error))
    except ValueError as error:
        return _Line(number, error=_error("malformed", f"The line is not JSON: {error}."))


def _answer(line: _Line, imported: Imported | None) -> LineShape:
    if imported is None:
        return LineShape(line=line.number, ok=False, error=line.error)
    if imported.refusal is not None:
        return LineShape(line=line.number, ok=False, error=_refused(imported.refusal))
    return LineShape(
        line=line.number, ok=True, created=imported.created, id=imported.id, reference=imported.reference
    )


def _refused(error: RedressError) -> LineErrorShape:
    pointer = error.pointer if isinstance(error, Invalid) else ""
    faults = [{"pointer": pointer, "detail": error.detail}] if pointer else []
    return _error(error.code, error.detail, faults)


def _error(code: str, detail: str, faults: list[Fault] | None = None) -> LineErrorShape:
    return LineErrorShape(
        code=code, detail=detail, errors=[LineFaultShape(**fault) for fault in faults or []]
    )
