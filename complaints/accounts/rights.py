"""Rights: a viewer looks, an agent acts on complaints, an admin also runs the place."""

from complaints.errors import Forbidden
from complaints.models import Operator
from complaints.queries.finding import may_see
from complaints.words import Role

RANK = {Role.VIEWER: 0, Role.AGENT: 1, Role.ADMIN: 2}


def has_role(role: str, wanted: Role) -> bool:
    """Say whether `role` includes the rights of `wanted`."""
    return RANK[Role(role)] >= RANK[wanted]


def require_agent(operator: Operator) -> None:
    """Raise `Forbidden` unless the operator may act on complaints."""
    if not operator.active or not has_role(operator.role, Role.AGENT):
        raise Forbidden("Your role allows looking, not acting.")


def require_site(sites: frozenset[str] | None, site: str | None) -> None:
    """Raise `Forbidden` where someone limited to `sites` would put a complaint out of their own sight."""
    if not may_see(sites, site):
        raise Forbidden(f"You may only name your own sites: {', '.join(sorted(sites or ()))}.")


def sites_of(operator: Operator) -> frozenset[str] | None:
    """Return the sites that the operator is limited to, or None for all."""
    return as_sites(operator.sites)


def as_sites(stored: list[str] | None) -> frozenset[str] | None:
    """Return the sites as rights are compared; None stands for all."""
    return None if stored is None else frozenset(stored)
