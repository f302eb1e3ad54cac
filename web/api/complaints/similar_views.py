"""Complaints that may be about the same."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import ConfigDict, Field

from complaints.clock import utcnow
from complaints.queries.finding import find
from complaints.queries.similar_complaints import find_similar
from web.api.shapes import Shape
from web.http.app_services import services
from web.http.permissions import READING, caller, reads

blueprint = APIBlueprint("similar", __name__, tag="Complaints")


class SimilarShape(Shape):
    """An open complaint of the same place whose text is alike."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    reference: str
    subject: str | None
    likeness: float = Field(
        ge=0, le=1, description="How alike the texts are: 1 has the same words.", examples=[0.62]
    )


class SimilarPage(Shape):
    """At most ten, the likest first."""

    items: list[SimilarShape]


@blueprint.get("/complaints/<name>/similar")
@reads(*READING)
@blueprint.output(SimilarPage)
@blueprint.doc(summary="Complaints that may be about the same")
def list_similar(name: str) -> Any:
    """Return open complaints of the last 30 days, of the same site or within 200 metres, in much the same words."""
    sight = caller().sight
    with services().database.read() as session:
        found = find_similar(session, find(session, name, **sight), now=utcnow(), **sight)
    return {"items": found}
