"""What a chat wants to be told: a fresh chat gets every kind that alerts, whatever its operator may see."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from complaints.forms import Line
from complaints.words import PRIORITY, Severity

EventKind = Literal["new", "assignment", "status"]
Lines = Annotated[tuple[Line, ...], Field(max_length=100)]


class Preferences(BaseModel):
    """A chat's preferences; null categories or sites mean all of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: Annotated[tuple[EventKind, ...], Field(max_length=10)] = ("new", "assignment")
    minimum_severity: Severity = Severity.LOW
    categories: Lines | None = None
    sites: Lines | None = None

    def want(self, kind: str, *, severity: str, category: str, site: str | None) -> bool:
        """Say whether an event of this kind about such a complaint is wanted."""
        return (
            kind in self.kinds
            and PRIORITY[Severity(severity)] <= PRIORITY[self.minimum_severity]
            and (self.categories is None or category in self.categories)
            and (self.sites is None or site in self.sites)
        )
