"""What a complaint is found by, kept beside it in step with what it says.

The database takes a complaint's row away when its texts change (migration 0010), whoever changes them.
"""

from sqlalchemy.orm import Session

from complaints.db import insert_ignoring
from complaints.models import Complaint, ComplaintSearch
from complaints.texts.search_text import search_text

FIELDS = ("subject", "description", "site", "location", "external_id")
REPORTER_PARTS = ("name", "email", "phone")


def text_of(complaint: Complaint) -> str:
    """Return what the complaint is found by now."""
    reporter = complaint.reporter or {}
    own = [getattr(complaint, name) for name in FIELDS]
    return search_text(complaint.reference, [*own, *(reporter.get(part) for part in REPORTER_PARTS)])


def make_searchable(session: Session, complaint: Complaint) -> None:
    """Let the stored complaint be found by what it says now; a row that is left says so already."""
    insert_ignoring(session, ComplaintSearch, [{"complaint_id": complaint.id, "text": text_of(complaint)}])
