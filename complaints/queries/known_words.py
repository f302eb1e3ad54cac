"""Whether a complaint or an operator may name a category or a site: those that are kept, where any are."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.errors import Invalid
from complaints.models import Category, Site


def check_category(session: Session, name: str) -> None:
    """Raise `Invalid` where there is no such category."""
    if session.get(Category, name) is None:
        known = ", ".join(session.scalars(select(Category.name).order_by(Category.name)))
        raise Invalid(f"There is no category {name!r}. Known: {known}.", "/category")


def check_site(session: Session, name: str | None, pointer: str = "/site") -> None:
    """Raise `Invalid` where sites are defined and this is none of them."""
    if name is None or session.get(Site, name) is not None:
        return
    if session.scalar(select(Site.name).limit(1)) is not None:
        raise Invalid(f"There is no site {name!r}.", pointer)
