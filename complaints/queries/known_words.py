"""How the categories and sites are spelt that complaints and operators name: those that are kept, where any are."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.errors import Invalid
from complaints.models import ApiKey, Category, Operator, Site
from complaints.texts.folding import fold_name


def spelt_category(session: Session, name: str) -> str:
    """Return the category as it is spelt; raises `Invalid` where there is no such one."""
    found = session.get(Category, name) or session.get(Category, fold_name(name))
    if found is None:
        known = ", ".join(session.scalars(select(Category.name).order_by(Category.name)))
        raise Invalid(f"There is no category {name!r}. Known: {known}.", "/category")
    return found.name


def spelt_site(session: Session, name: str | None, pointer: str = "/site") -> str | None:
    """Return the site as it is spelt where it is known: two spellings that fold alike are one site.

    Raises `Invalid` where sites are defined and this is none of them. While none is, any text is one, and the same
    as that of an operator's or key's limits: nobody's sight depends on how somebody types.
    """
    if name is None:
        return None
    found = find_site(session, name)
    if found is not None:
        return found.name
    if session.scalar(select(Site.name).limit(1)) is not None:
        raise Invalid(f"There is no site {name!r}.", pointer)
    known = limiting_sites(session)
    return name if name in known else {fold_name(site): site for site in known}.get(fold_name(name), name)


def spelt_sites(session: Session, names: tuple[str, ...] | None) -> list[str] | None:
    """Return the sites that somebody is to be limited to as they are spelt, each once; None stays None.

    Raises `Invalid` as above.
    """
    if names is None:
        return None
    return list(dict.fromkeys(str(spelt_site(session, name, "/sites")) for name in names))


def limiting_sites(session: Session) -> set[str]:
    """Return every site that an operator or a key is limited to."""
    limits = [
        session.scalars(select(kind.sites).where(kind.sites.is_not(None))) for kind in (Operator, ApiKey)
    ]
    return {site for rows in limits for sites in rows for site in sites or ()}


def find_site(session: Session, name: str) -> Site | None:
    """Return the defined site that the name is a spelling of."""
    return session.get(Site, name) or session.scalar(select(Site).where(Site.folded == fold_name(name)))
