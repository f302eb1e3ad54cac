"""Finding complaints by words: each must occur somewhere, or the whole is the complaint's reference.

Asked of one complaint after the other this is quick where many match, and asked of the index of words where few do.
An index has runs of three letters: a shorter word is looked for in each text.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, column, exists, or_, select, table, union
from sqlalchemy.orm import Session

from complaints.ids import REFERENCE_PREFIX, normalise_reference
from complaints.models import Complaint, ComplaintSearch
from complaints.texts.search_text import search_words

RUN = 3
_WORDS = table("complaint_search_words", column("rowid"), column("complaint_search_words"))
_NUMBERS = table("complaint_search_number", column("n"), column("complaint_id"))
"""SQLite's index (`migrations/word_index.py`)."""


def says(text: str) -> ColumnElement[bool]:
    """Return the condition as it is asked of one complaint after the other.

    The offset, of nothing, keeps PostgreSQL from making a join of it, which would ask the index of words first.
    """
    own = ComplaintSearch.complaint_id == Complaint.id
    asked = select(ComplaintSearch.complaint_id).where(own, *_each(search_words(text))).offset(0)
    return or_(exists(asked), *_is_called(text))


def is_found(session: Session, text: str) -> ColumnElement[bool]:
    """Return the condition as the index of words answers it."""
    words = search_words(text)
    by_index = session.get_bind().dialect.name == "sqlite" and any(len(word) >= RUN for word in words)
    found = _in_sqlite(words) if by_index else select(ComplaintSearch.complaint_id).where(*_each(words))
    called = [select(Complaint.id).where(named) for named in _is_called(text)]
    return Complaint.id.in_(union(found, *called) if called else found)


def _in_sqlite(words: list[str]) -> Select[Any]:
    phrases = " ".join('"{}"'.format(word.replace('"', '""')) for word in words if len(word) >= RUN)
    query = (
        select(_NUMBERS.c.complaint_id)
        .join(_WORDS, _WORDS.c.rowid == _NUMBERS.c.n)
        .where(_WORDS.c.complaint_search_words.op("MATCH")(phrases))
    )
    short = [word for word in words if len(word) < RUN]
    if short:
        query = query.join(ComplaintSearch, ComplaintSearch.complaint_id == _NUMBERS.c.complaint_id)
    return query.where(*_each(short))


def _each(words: list[str]) -> list[ColumnElement[bool]]:
    return [ComplaintSearch.text.contains(word, autoescape=True) for word in words]


def _is_called(text: str) -> list[ColumnElement[bool]]:
    reference = normalise_reference(text) or normalise_reference(REFERENCE_PREFIX + text)
    return [] if reference is None else [Complaint.reference == reference]
