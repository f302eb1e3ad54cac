"""Everything that the product refuses, in one tree; each leaf has a `code` that never changes.

RedressError
├── SettingsError                  the environment is wrong; the start stops
├── Invalid                        a value breaks a rule of the domain (carries the pointer)
│   ├── CursorInvalid
│   └── FileRefused                a file is none that is taken here
├── FileTooLarge
├── NotFound
├── Refused                        the thing is there, but not like this now
│   ├── TransitionRefused          carries the statuses that are allowed
│   ├── StaleVersion               somebody was faster; carries the complaint
│   ├── VersionRequired
│   ├── IdempotencyMismatch
│   ├── IdempotencyRunning
│   ├── IdempotencyAnswerLost
│   ├── MailOff                    no mail goes out here
│   ├── AttachmentsOff             no files are kept here
│   └── AttachmentsFull            a complaint has as many files as it may have
├── Forbidden                      known, but without the right
├── Unauthenticated                not known
│   ├── TokenExpired
│   ├── SessionRevoked
│   ├── KeyExpired
│   ├── KeyRevoked
│   └── CredentialsWrong
└── Later                          carries the seconds to wait
    ├── Throttled
    ├── Busy
    └── StoreUnavailable           files can't be kept or read now
"""

from typing import Any, ClassVar


class RedressError(Exception):
    """A refusal with a stable code and a sentence for people."""

    code: ClassVar[str] = "error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class SettingsError(RedressError):
    """The environment is wrong; the text names the variable."""

    code = "settings"


class Invalid(RedressError):
    """A value breaks a rule; `pointer` is the JSON pointer (RFC 6901) of the field, or empty."""

    code = "invalid"

    def __init__(self, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.pointer = pointer


class CursorInvalid(Invalid):
    """A cursor that this list never gave out."""

    code = "cursor_invalid"


class FileRefused(Invalid):
    """The file is broken, or of a kind that is not taken."""

    code = "file_refused"


class FileTooLarge(RedressError):
    """The file has more bytes than one may have."""

    code = "too_large"


class NotFound(RedressError):
    """There is no such thing, or it is not for these eyes."""

    code = "not_found"


class Refused(RedressError):
    """The state of things does not allow it."""

    code = "conflict"


class TransitionRefused(Refused):
    """The complaint's status cannot become that; `allowed` names what it can become."""

    code = "transition_refused"

    def __init__(self, detail: str, allowed: tuple[str, ...]) -> None:
        super().__init__(detail)
        self.allowed = allowed


class StaleVersion(Refused):
    """The complaint has changed since the caller looked; `current` is how it is now, as JSON values."""

    code = "stale_version"

    def __init__(self, detail: str, current: dict[str, Any]) -> None:
        super().__init__(detail)
        self.current = current


class VersionRequired(Refused):
    """The caller must say which version it changes."""

    code = "version_required"


class IdempotencyMismatch(Refused):
    """The idempotency key was used with another body, or at another path."""

    code = "idempotency_mismatch"


class IdempotencyRunning(Refused):
    """A request with this idempotency key is still running."""

    code = "idempotency_running"


class IdempotencyAnswerLost(Refused):
    """It was done under this idempotency key, but what was answered can't be read any more."""

    code = "idempotency_answer_lost"


class MailOff(Refused):
    """What is asked for comes by mail, and no mail server is set."""

    code = "mail_off"


class AttachmentsOff(Refused):
    """A file came, and no place is set where files are kept."""

    code = "attachments_off"


class AttachmentsFull(Refused):
    """The complaint has as many files as one may have."""

    code = "attachments_full"


class Forbidden(RedressError):
    """The caller is known but has not the right."""

    code = "forbidden"


class Unauthenticated(RedressError):
    """The caller is not known."""

    code = "unauthenticated"


class TokenExpired(Unauthenticated):
    """The access token is past its time; refresh it."""

    code = "token_expired"


class SessionRevoked(Unauthenticated):
    """The session was closed: logout, revocation or a closed account."""

    code = "session_revoked"


class KeyExpired(Unauthenticated):
    """The API key is past its time."""

    code = "key_expired"


class KeyRevoked(Unauthenticated):
    """The API key was revoked, or its API client closed."""

    code = "key_revoked"


class CredentialsWrong(Unauthenticated):
    """E-mail or password is wrong; which of them is not said."""

    code = "credentials_wrong"


class Later(RedressError):
    """Not now; `retry_after` is in whole seconds."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Throttled(Later):
    """Too many tries."""

    code = "throttled"


class Busy(Later):
    """As many do this at once as may."""

    code = "busy"


class StoreUnavailable(Later):
    """The place where files are kept does not answer, or has no room."""

    code = "store_unavailable"
