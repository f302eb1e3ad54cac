"""What a view may refuse with, said beside it: the OpenAPI document is made of it (`web.documents.openapi`)."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from complaints.errors import RedressError

View = TypeVar("View", bound=Callable[..., Any])
REFUSED = "refused"


def refuses(*errors: type[RedressError]) -> Callable[[View], View]:
    """Say in the document that the view raises these, beside what its decorators, headers and body bring along."""

    def say(view: View) -> View:
        vars(view)[REFUSED] = (*errors, *refusals_of(view))
        return view

    return say


def refusals_of(view: Callable[..., Any]) -> tuple[type[RedressError], ...]:
    """Return what the view says that it raises."""
    return cast(tuple[type[RedressError], ...], vars(view).get(REFUSED, ()))
