"""Categories and sites: the words to sort complaints by."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field
from sqlalchemy import Select, select

from complaints.clock import to_wire, utcnow
from complaints.forms import Form, Line
from complaints.models import Category, Site
from complaints.queries.cursors import read_cursor, write_cursor
from complaints.verbs.sorting import Word, add_word, delete_category, delete_site
from web.api.parameters import PageQuery
from web.api.shapes import Instant, Shape
from web.callers import knows_the_words, runs_the_place
from web.services import services

blueprint = APIBlueprint("sorting", __name__, tag="Categories and sites")


class NewCategory(Form):
    """A category to add."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class NewSite(Form):
    """A site to add."""

    name: Line


class WordShape(Shape):
    """A category or a site."""

    name: str
    created_at: Instant


class WordPage(Shape):
    """Categories or sites by name."""

    items: list[WordShape]
    next_cursor: str | None


@blueprint.get("/categories")
@knows_the_words
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(WordPage)
@blueprint.doc(summary="List categories")
def list_categories(query: PageQuery) -> Any:
    """Return what a complaint's `category` can be."""
    return _page(Category, query)


@blueprint.post("/categories")
@runs_the_place
@blueprint.input(NewCategory, arg_name="form")
@blueprint.output(WordShape, 201)
@blueprint.doc(summary="Add a category", responses=[409])
def post_category(form: NewCategory) -> Any:
    """Add a category: lower-case letters, digits, `-` and `_`."""
    with services().database.write() as session:
        return _on_wire(add_word(session, Category, form.name, now=utcnow()))


@blueprint.delete("/categories/<word>")
@runs_the_place
@blueprint.output({}, 204)
@blueprint.doc(summary="Delete a category", responses=[409])
def remove_category(word: str) -> Any:
    """Delete a category that no complaint has; `general` stays."""
    with services().database.write() as session:
        delete_category(session, word)
    return "", 204


@blueprint.get("/sites")
@knows_the_words
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(WordPage)
@blueprint.doc(summary="List sites")
def list_sites(query: PageQuery) -> Any:
    """Return what a complaint's `site` can be; while the list is empty, it can be any text."""
    return _page(Site, query)


@blueprint.post("/sites")
@runs_the_place
@blueprint.input(NewSite, arg_name="form")
@blueprint.output(WordShape, 201)
@blueprint.doc(summary="Add a site", responses=[409])
def post_site(form: NewSite) -> Any:
    """Add a site. Once there is one, new complaints must name a site of the list, or none."""
    with services().database.write() as session:
        return _on_wire(add_word(session, Site, form.name, now=utcnow()))


@blueprint.delete("/sites/<path:word>")
@runs_the_place
@blueprint.output({}, 204)
@blueprint.doc(summary="Delete a site", responses=[409])
def remove_site(word: str) -> Any:
    """Delete a site that no complaint has and no operator is limited to."""
    with services().database.write() as session:
        delete_site(session, word)
    return "", 204


def _page(kind: type[Word], query: PageQuery) -> dict[str, Any]:
    rows: Select[Word] = select(kind).order_by(kind.name).limit(query.limit + 1)
    if query.cursor is not None:
        rows = rows.where(kind.name > read_cursor(query.cursor, "name", (str,))[0])
    with services().database.read() as session:
        found = session.scalars(rows).all()
    page, more = found[: query.limit], len(found) > query.limit
    return {
        "items": [_on_wire(row) for row in page],
        "next_cursor": write_cursor("name", [page[-1].name]) if more else None,
    }


def _on_wire(row: Category | Site) -> dict[str, Any]:
    return {"name": row.name, "created_at": to_wire(row.created_at)}
