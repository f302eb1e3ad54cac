"""Recipients: every chat that may be told something, read once a pass, and who stands in for the lost ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from complaints.alert_words import ChatState
from complaints.alerts import kinds
from complaints.alerts.kinds import KINDS, Told
from complaints.alerts.recipients.alert_subject import AlertSubject, Recipient
from complaints.alerts.recipients.preferences import Preferences
from complaints.models import Chat, Operator
from complaints.moments import is_ahead, void_after
from complaints.queries.finding import may_see
from complaints.telegram.limiter import LONGEST_HOLD_SECONDS
from complaints.words import Role

HELD_LONG = timedelta(minutes=1)


@dataclass(frozen=True)
class CandidateChat:
    """A chat of an active operator that is active or can't be reached, with its operator's rights.

    `is_held` where Telegram makes it wait for over a minute.
    """

    chat_id: UUID
    operator_id: UUID
    sites: frozenset[str] | None
    is_admin: bool
    is_reachable: bool
    is_held: bool
    stored: dict[str, Any]

    @cached_property
    def preferences(self) -> Preferences:
        """Return the chat's preferences, parsed once."""
        return Preferences.stored(self.stored)

    def wants(self, kind: str, subject: AlertSubject) -> bool:
        """Say whether the chat would be told, if it could be."""
        if not may_see(self.sites, subject.site):
            return False
        if KINDS[kind].told is Told.THE_ASSIGNEE and subject.assignee_id != str(self.operator_id):
            return False
        return self.preferences.want(
            kind, severity=subject.severity, category=subject.category, site=subject.site
        )


class Recipients:
    """Decides who is told. It is as old as its reading: keep it for one transaction."""

    def __init__(self, candidates: Sequence[CandidateChat]) -> None:
        self._candidates = candidates
        self._fallback_chats: dict[tuple[UUID, str | None], list[CandidateChat]] = {}

    def told(self, kind: str, subject: AlertSubject) -> list[Recipient]:
        """Return who is told by an alert of this kind, each once."""
        match KINDS[kind].told:
            case Told.THE_ADMINS:
                return self._told_admins(subject.site)
            case Told.WHO_WAS_TOLD:
                return self._who_want(kinds.reminded(), subject)
            case Told.WHO_CHOSE_IT | Told.THE_ASSIGNEE:
                return self._who_want([kind], subject)
            case Told.ONE_CHAT:
                raise ValueError(f"{kind} alerts are owed to one chat, not to whoever it concerns")

    def _who_want(self, wanted: Sequence[str], subject: AlertSubject) -> list[Recipient]:
        """Return who wants any of these kinds; fallback chats take the place of who can't be reached."""
        wanting = [one for one in self._candidates if any(one.wants(kind, subject) for kind in wanted)]
        told = {one.chat_id: Recipient(one.chat_id) for one in wanting if one.is_reachable}
        for lost in (one for one in wanting if not one.is_reachable):
            for recipient in self._instead_of(lost, subject.site):
                told.setdefault(recipient.chat_id, recipient)
        return list(told.values())

    def _told_admins(self, site: str | None) -> list[Recipient]:
        """Return the chats of admins who may see the site, whatever they prefer; failing those, the lost ones."""
        found = [Recipient(one.chat_id) for one in self._admins(site)]
        lost = (one for one in self._candidates if one.is_admin and may_see(one.sites, site))
        return found or [Recipient(one.chat_id, lost=True) for one in lost]

    def fallback_chats(self, operator_id: UUID, site: str | None) -> list[CandidateChat]:
        """Return the operator's chats that can be reached, failing those the admins', who may see the site.

        Chats that are held come last.
        """
        known = self._fallback_chats.get((operator_id, site))
        if known is None:
            own = [one for one in self._reachable(site) if one.operator_id == operator_id]
            known = _free(own) or _free(self._admins(site)) or own or self._admins(site)
            self._fallback_chats[operator_id, site] = known
        return known

    def free_fallback_chats(self, operator_id: UUID, site: str | None) -> list[CandidateChat]:
        """Return those of them that are not held."""
        return _free(self.fallback_chats(operator_id, site))

    def fallback_chats_anywhere(self, operator: Operator) -> list[CandidateChat]:
        """Return who takes the operator's alerts about any site that both may see."""
        reachable = [one for one in self._candidates if one.is_reachable]
        own = [one for one in reachable if one.operator_id == operator.id]
        return own or [one for one in reachable if one.is_admin and _share_a_site(one.sites, operator.sites)]

    def _instead_of(self, lost: CandidateChat, site: str | None) -> Iterable[Recipient]:
        fallback_chats = self.fallback_chats(lost.operator_id, site)
        if not fallback_chats:
            return [Recipient(lost.chat_id, lost=True)]
        return [Recipient(one.chat_id, instead_of=lost.chat_id) for one in fallback_chats]

    def _admins(self, site: str | None) -> list[CandidateChat]:
        return [one for one in self._reachable(site) if one.is_admin]

    def _reachable(self, site: str | None) -> Iterable[CandidateChat]:
        return (one for one in self._candidates if one.is_reachable and may_see(one.sites, site))


def is_held(now: datetime) -> ColumnElement[bool]:
    """Return the condition that Telegram takes nothing for the chat for over a minute from now."""
    longest = timedelta(seconds=LONGEST_HOLD_SECONDS)
    return is_ahead(Chat.held_until, now + HELD_LONG, void_after(now, longest))


def read_recipients(session: Session, *, now: datetime) -> Recipients:
    """Read the chats of active operators; those that are muted or have left are told nothing."""
    held = func.coalesce(is_held(now), false()).label("held")
    query = (
        select(Chat.id, Chat.operator_id, Operator.sites, Operator.role, Chat.state, held, Chat.preferences)
        .join(Operator, Operator.id == Chat.operator_id)
        .where(Chat.state.in_((ChatState.ACTIVE, ChatState.UNREACHABLE)), Operator.active)
        .order_by(Chat.id)
    )
    return Recipients(
        [
            CandidateChat(
                row.id,
                row.operator_id,
                None if row.sites is None else frozenset(row.sites),
                row.role == Role.ADMIN,
                row.state == ChatState.ACTIVE,
                bool(row.held),
                row.preferences,
            )
            for row in session.execute(query)
        ]
    )


def _free(chats: Iterable[CandidateChat]) -> list[CandidateChat]:
    return [one for one in chats if not one.is_held]


def _share_a_site(some: frozenset[str] | None, others: list[str] | None) -> bool:
    return some is None or others is None or not some.isdisjoint(others)
