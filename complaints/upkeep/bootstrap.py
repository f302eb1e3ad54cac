"""What a new database needs beside its tables: the first admin and the categories. Can be run again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.accounts.passwords import hash_password
from complaints.db import insert_ignoring
from complaints.ids import new_id
from complaints.models import Category, Operator
from complaints.texts.email_addresses import as_account
from complaints.texts.kept_form import as_line
from complaints.words import CATEGORIES, Role

ADVISORY_LOCK = 0x4265_6769_6E


def wait_for_others(session: Session) -> None:
    """Let nobody else prepare the database until the transaction ends: a second release finds all done."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")


def create_categories(session: Session, *, now: datetime) -> int:
    """Create the categories that are missing; return how many."""
    return insert_ignoring(session, Category, [{"name": name, "created_at": now} for name in CATEGORIES])


def create_first_admin(session: Session, email: str, password: str, *, now: datetime) -> bool:
    """Create the admin unless any operator exists; say whether it did."""
    if session.scalar(select(Operator.id).limit(1)) is not None:
        return False
    session.add(
        Operator(
            id=new_id(),
            email=as_account(email),
            name=as_line(email).partition("@")[0],
            role=Role.ADMIN,
            sites=None,
            password_hash=hash_password(password),
            active=True,
            created_at=now,
            updated_at=now,
        )
    )
    return True
