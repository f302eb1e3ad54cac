"""What requests may ask for, checked."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from complaints.errors import Invalid
from complaints.forms.fields import Form, Instant, in_form
from complaints.queries.complaint_list import Sort
from complaints.queries.nearness import METRES_MAXIMUM, Near
from complaints.queries.pages.cursors import MAXIMUM_LENGTH
from complaints.texts.folding import fold_name
from complaints.texts.kept_form import as_line
from complaints.words import OPEN, Severity, Status

SEQ_MAXIMUM = 2**63 - 1


def split(value: Any) -> Any:
    """Read `a,b`, or the parameter given more than once, as a list of words, none of which has a comma."""
    texts = [value] if isinstance(value, str) else value
    return [word for text in texts for word in text.split(",")]


def whole(value: Any) -> Any:
    """Read the parameter as a list of as many texts as it was given; each may have commas."""
    return [value] if isinstance(value, str) else value


def split_statuses(value: Any) -> Any:
    """Read statuses as `split` does; `open` stands for every one in which something is left to do."""
    return [status for word in split(value) for status in (OPEN if word == ANY_OPEN else (word,))]


def parse_near(value: Any) -> Any:
    """Read `lat,lon,metres`; raises ValueError for what is no place or further than a hundred kilometres."""
    try:
        lat, lon, metres = (float(part) for part in value.split(","))
    except (ValueError, AttributeError):
        raise ValueError("wants lat,lon,metres, for example 52.5163,13.3777,500") from None
    if not (abs(lat) <= 90 and abs(lon) <= 180 and 0 < metres <= METRES_MAXIMUM):
        raise ValueError(f"wants degrees within ±90 and ±180, and at most {METRES_MAXIMUM:.0f} metres")
    return Near(lat, lon, metres)


ANY_OPEN = "open"
STATUSES_ON_WIRE = WithJsonSchema(
    {"type": "array", "items": {"type": "string", "enum": [ANY_OPEN, *Status]}}, mode="validation"
)
NEAR_ON_WIRE = WithJsonSchema({"type": "string", "examples": ["52.5163,13.3777,500"]}, mode="validation")
Text = Annotated[str, Field(min_length=1, max_length=200), in_form(as_line)]
Category = Annotated[Text, AfterValidator(fold_name)]
Limit = Annotated[int, Field(ge=1, le=200)]
Statuses = Annotated[tuple[Status, ...], BeforeValidator(split_statuses), STATUSES_ON_WIRE]
Severities = Annotated[tuple[Severity, ...], BeforeValidator(split)]
Categories = Annotated[tuple[Category, ...], BeforeValidator(split)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(whole)]


class Query(BaseModel):
    """A query that refuses parameters it doesn't know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Query):
    """A page of a list."""

    cursor: Annotated[str, Field(max_length=MAXIMUM_LENGTH)] | None = None
    limit: Limit = 50


class FilterQuery(Query):
    """Filters of complaints; several values are the parameter again, or commas between where no value has one."""

    status: Statuses = ()
    severity: Severities = ()
    category: Categories = ()
    site: Texts = ()
    reference: Annotated[tuple[Text, ...], BeforeValidator(split)] = ()
    external_id: Texts = ()
    source: Texts = ()
    assignee: Literal["me", "none"] | UUID | None = None
    q: Text | None = None
    created_after: Instant | None = None
    created_before: Instant | None = None
    updated_after: Instant | None = None
    updated_before: Instant | None = None
    due_before: Instant | None = None
    overdue: bool | None = None
    near: Annotated[Near, BeforeValidator(parse_near), NEAR_ON_WIRE] | None = None


class ComplaintQuery(FilterQuery, PageQuery):
    """A page of complaints by filters."""

    sort: Sort = "-created_at"


class FeedQuery(Query):
    """Where to go on in the feed."""

    after: Annotated[int, Field(ge=0, le=SEQ_MAXIMUM)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


def named_fields(patch: Form, *, as_json: bool = False) -> dict[str, Any]:
    """Return the fields that the patch names, with their values; raises `Invalid` where it names none."""
    if not patch.model_fields_set:
        raise Invalid("Name at least one field to change.")
    return patch.model_dump(mode="json" if as_json else "python", exclude_unset=True)
