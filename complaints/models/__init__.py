"""The tables of the product, one module per aggregate."""

from complaints.models.alert import Alert, AlertAttempt
from complaints.models.attachment import Attachment, StrayObject
from complaints.models.audit import AuditEntry
from complaints.models.base import Base
from complaints.models.chat import Chat, LinkToken, TelegramUpdate
from complaints.models.client import ApiClient, ApiKey, IdempotencyRecord
from complaints.models.complaint import Category, Comment, Complaint, ComplaintSearch, Site
from complaints.models.event import Event, StreamMeta
from complaints.models.lease import Lease
from complaints.models.mail import Mail
from complaints.models.operator import Invitation, Operator, OperatorSession, PasswordReset

__all__ = [
    "Alert",
    "AlertAttempt",
    "ApiClient",
    "ApiKey",
    "Attachment",
    "AuditEntry",
    "Base",
    "Category",
    "Chat",
    "Comment",
    "Complaint",
    "ComplaintSearch",
    "Event",
    "IdempotencyRecord",
    "Invitation",
    "Lease",
    "LinkToken",
    "Mail",
    "Operator",
    "OperatorSession",
    "PasswordReset",
    "Site",
    "StrayObject",
    "StreamMeta",
    "TelegramUpdate",
]
