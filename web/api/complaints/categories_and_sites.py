"""Categories and sites: the words to sort complaints by."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from complaints.clock import to_wire, utcnow
from complaints.errors import Refused
from complaints.events.snapshot import Instant
from complaints.forms.fields import Form, Line, absent
from complaints.models import Category, Site
from complaints.queries.pages.paging import KeyPart, ListOrder, read_page
from complaints.verbs.sorting import Word, add_word, change_category, delete_category, delete_site
from complaints.words import Severity
from web.api.parameters import PageQuery, named_fields
from web.api.shapes import Shape, page_on_wire
from web.http.app_services import services
from web.http.declared_headers import repeatable
from web.http.permissions import caller, knows_the_words, runs_the_place
from web.idempotency.answered_once import answer_once
from web.problems.declared_refusals import refuses

blueprint = APIBlueprint("sorting", __name__, tag="Categories and sites")


TIMES = ("ack_minutes", "reminders", "escalations", "repeat_minutes")
MINUTES_IN_30_DAYS = 30 * 24 * 60

Minutes = Annotated[int, Field(ge=1, le=MINUTES_IN_30_DAYS)]
Times = Annotated[int, Field(ge=0, le=20)]


class CategoryPatch(Form):
    """How long who is told may take to acknowledge, and how often they and the admins hear again; at least one.

    `ack_minutes` replaces what was there: a severity that is not in it has the usual time (critical 15 minutes,
    high 1 hour, medium 8 hours, low 3 days). First come `reminders`, then `escalations` to the admins,
    `repeat_minutes` apart; null is as long as the time to acknowledge.
    """

    ack_minutes: dict[Severity, Minutes] = absent()
    reminders: Times = absent()
    escalations: Times = absent()
    repeat_minutes: Minutes | None = absent()


class NewCategory(CategoryPatch):
    """A category to add; by default it has the usual times, 2 reminders and 1 escalation."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class NewSite(Form):
    """A site to add."""

    name: Line


class SiteShape(Shape):
    """A site."""

    name: str
    created_at: Instant


class SitePage(Shape):
    """Sites by name."""

    items: list[SiteShape]
    next_cursor: str | None


class CategoryShape(Shape):
    """A category, and what follows where nobody acknowledges its complaints."""

    name: str
    ack_minutes: dict[Severity, int]
    reminders: int
    escalations: int
    repeat_minutes: int | None
    created_at: Instant


class CategoryPage(Shape):
    """Categories by name."""

    items: list[CategoryShape]
    next_cursor: str | None


@blueprint.get("/categories")
@knows_the_words
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(CategoryPage)
@blueprint.doc(summary="List categories")
def list_categories(query: PageQuery) -> Any:
    """Return what a complaint's `category` can be."""
    return _page(Category, query, select(Category))


@blueprint.post("/categories")
@runs_the_place
@repeatable
@blueprint.input(NewCategory, arg_name="form")
@blueprint.output(CategoryShape, 201)
@refuses(Refused)
@blueprint.doc(summary="Add a category")
def post_category(form: NewCategory) -> Any:
    """Add a category: lower-case letters, digits, `-` and `_`."""
    with services().database.write() as session:
        return answer_once(session, lambda: _on_wire(_add_category(session, form)), form)


@blueprint.patch("/categories/<word>")
@runs_the_place
@blueprint.input(CategoryPatch, arg_name="form")
@blueprint.output(CategoryShape)
@blueprint.doc(summary="Change a category's times")
def patch_category(word: str, form: CategoryPatch) -> Any:
    """Change the named fields. When a complaint that is there already must be acknowledged stays as it was."""
    times = named_fields(form, as_json=True)
    with services().database.write() as session:
        return _on_wire(change_category(session, word, times))


@blueprint.delete("/categories/<word>")
@runs_the_place
@blueprint.output({}, 204)
@refuses(Refused)
@blueprint.doc(summary="Delete a category")
def remove_category(word: str) -> Any:
    """Delete a category that no complaint has; `general` stays."""
    with services().database.write() as session:
        delete_category(session, word)
    return "", 204


@blueprint.get("/sites")
@knows_the_words
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(SitePage)
@blueprint.doc(summary="List sites")
def list_sites(query: PageQuery) -> Any:
    """Return what a complaint's `site` can be, as far as the caller may see it; while none is defined, any text."""
    sites = caller().sites
    return _page(Site, query, select(Site) if sites is None else select(Site).where(Site.name.in_(sites)))


@blueprint.post("/sites")
@runs_the_place
@repeatable
@blueprint.input(NewSite, arg_name="form")
@blueprint.output(SiteShape, 201)
@refuses(Refused)
@blueprint.doc(summary="Add a site")
def post_site(form: NewSite) -> Any:
    """Add a site. Once there is one, new complaints must name a site of the list, or none."""
    with services().database.write() as session:
        return answer_once(session, lambda: _on_wire(add_word(session, Site, form.name, now=utcnow())), form)


@blueprint.delete("/sites/<path:word>")
@runs_the_place
@blueprint.output({}, 204)
@refuses(Refused)
@blueprint.doc(summary="Delete a site")
def remove_site(word: str) -> Any:
    """Delete a site that no complaint has and no operator or key is limited to."""
    with services().database.write() as session:
        delete_site(session, word)
    return "", 204


def _add_category(session: Session, form: NewCategory) -> Category:
    times = form.model_dump(mode="json", exclude_unset=True, exclude={"name"})
    add_word(session, Category, form.name, now=utcnow())
    return change_category(session, form.name, times)


def _page(kind: type[Word], query: PageQuery, rows: Select[Any]) -> dict[str, Any]:
    by_name = ListOrder("name", (KeyPart(kind.name, str),))
    with services().database.read() as session:
        return page_on_wire(read_page(session, rows, by_name, **query.model_dump()), _on_wire)


def _on_wire(row: Category | Site) -> dict[str, Any]:
    shown = {"name": row.name, "created_at": to_wire(row.created_at)}
    return shown if isinstance(row, Site) else {**shown, **{name: getattr(row, name) for name in TIMES}}
