"""Every problem that an answer may be, by its `code`: one table, of which pages, document and answers are made.

The first row of a status is what a refusal is that says no more than its status.
"""

from dataclasses import dataclass

PAGES = "/problems"
OTHER = "http_error"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of problem: how it is titled, what it means, and what a caller does about it."""

    status: int
    title: str
    meaning: str
    remedy: str


def type_of(code: str) -> str:
    """Return the problem's `type`: its page, by a path from the root, which holds behind whatever host is asked.

    RFC 9457, section 3.1.1, wants a relative URI to be so.
    """
    return f"{PAGES}/{code}"


def code_of(status: int) -> str:
    """Return the code of a refusal that says no more than its status."""
    return next((code for code, kind in PROBLEM_TYPES.items() if kind.status == status), OTHER)


LATER = "Wait as many seconds as `Retry-After` says, then send the same request again."
PROBLEM_TYPES: dict[str, ProblemType] = {
    "malformed": ProblemType(
        400,
        "The request can't be read",
        "The body is not JSON (no name twice, no NaN), or the request is not HTTP/1.1.",
        "Mend the request. `detail` says where it breaks off.",
    ),
    "handshake_invalid": ProblemType(
        400,
        "This is no WebSocket handshake",
        "`/api/v1/websocket` takes a WebSocket's opening handshake (RFC 6455, section 4.1) and nothing else.",
        "Use a WebSocket library. A proxy in between must pass `Upgrade` and `Connection` on.",
    ),
    "unauthenticated": ProblemType(
        401,
        "You are not known",
        "No token and no key was sent, or what was sent is none of ours.",
        "Send `Authorization: Bearer …` or `X-API-Key`. A token comes from `POST /api/v1/auth/login`.",
    ),
    "token_expired": ProblemType(
        401,
        "The access token is past its time",
        "Access tokens are good for a quarter of an hour.",
        "Send the refresh token to `POST /api/v1/auth/refresh`, then the request again with the new access token.",
    ),
    "session_revoked": ProblemType(
        401,
        "The session was closed",
        "Somebody signed out, changed the password, closed the account, or showed a refresh token twice.",
        "Sign in again.",
    ),
    "key_expired": ProblemType(
        401,
        "The API key is past its time",
        "It was made with `expires_at`, or another key took its place and the overlap is over.",
        "Ask an admin for another key.",
    ),
    "key_revoked": ProblemType(
        401,
        "The API key was revoked",
        "An admin revoked the key, or closed its API client.",
        "Ask an admin for another key.",
    ),
    "credentials_wrong": ProblemType(
        401,
        "E-mail or password is wrong",
        "Which of them is wrong is not said.",
        "Try again: failures are counted, and too many are answered `throttled`.",
    ),
    "forbidden": ProblemType(
        403,
        "You may not do this",
        "Your role, your sites or your key's scopes don't allow it; or a write by cookie lacks its CSRF token.",
        "`detail` names what is wanted. An admin can give it.",
    ),
    "origin_refused": ProblemType(
        403,
        "No sockets for pages of this origin",
        "A browser's handshake names the page's origin, and it is not one of this deployment's.",
        "Add the origin to `ALLOWED_ORIGINS`. Programs leave `Origin` out and send a token or a key.",
    ),
    "not_found": ProblemType(
        404,
        "There is no such thing",
        "Nothing has this address, or it is not for your eyes: the two are not told apart.",
        "Look at the id, and at which sites you may see.",
    ),
    "method_not_allowed": ProblemType(
        405,
        "Not with this method",
        "The address is right, the method is none of its own.",
        "`Allow` names the methods.",
    ),
    "request_timeout": ProblemType(
        408,
        "The request was not whole in time",
        "It must be wholly there within 20 seconds of its first byte.",
        "Send it again.",
    ),
    "conflict": ProblemType(
        409,
        "Not as things stand",
        "Something is in the way: a name is taken, a thing is in use, or over.",
        "`detail` says what is in the way.",
    ),
    "transition_refused": ProblemType(
        409,
        "The status can't become that",
        "Statuses follow each other by a table, and what would change nothing is refused too.",
        "`allowed` names what it can become. Read the complaint again: somebody may have been faster.",
    ),
    "idempotency_running": ProblemType(
        409,
        "A request with this Idempotency-Key is still running",
        "What it does is not known yet.",
        "Send the same request again in a second.",
    ),
    "idempotency_answer_lost": ProblemType(
        409,
        "It was done, but the answer can't be read any more",
        "The answer was kept sealed under a secret that this deployment has since given up.",
        "Don't repeat it. Look for what was created, and make a secret that it showed anew.",
    ),
    "mail_off": ProblemType(
        409,
        "No mail goes out here",
        "What was asked for comes by mail, and no mail server is set.",
        "An admin makes a link by hand: `POST /api/v1/operators/{id}/reset`.",
    ),
    "stale_version": ProblemType(
        412,
        "Somebody was faster",
        "`If-Match` names a version that is over, or somebody else has the complaint that you take.",
        "`current` is how it is now. Decide again, and send its `version` in `If-Match`.",
    ),
    "too_large": ProblemType(
        413,
        "The body is too large",
        "It has more bytes than are taken here.",
        "Send less at once.",
    ),
    "uri_too_long": ProblemType(
        414,
        "The address is too long",
        "The request's first line has more bytes than are taken here.",
        "Ask with fewer filters.",
    ),
    "unsupported_media_type": ProblemType(
        415,
        "This kind of body is not taken",
        "A body is JSON, uncompressed, unless the operation says otherwise.",
        "Send `Content-Type: application/json`, and no `Content-Encoding`.",
    ),
    "expectation_failed": ProblemType(
        417,
        "This expectation is not known",
        "Of `Expect` only `100-continue` is known here.",
        "Leave the header out.",
    ),
    "invalid": ProblemType(
        422,
        "A value breaks a rule",
        "The request could be read, but a field, a parameter or a header has a value that it can't have.",
        "`errors` names each with a `pointer` (RFC 6901) and what is wrong with it.",
    ),
    "cursor_invalid": ProblemType(
        422,
        "This list never gave out the cursor",
        "A cursor belongs to its list and sort.",
        "Begin again without `cursor`, and change nothing else between pages.",
    ),
    "idempotency_mismatch": ProblemType(
        422,
        "The Idempotency-Key stands for another request",
        "It came before with another body, or at another path.",
        "Make a new key for each thing to be created, and keep it for retries of that one alone.",
    ),
    "version_required": ProblemType(
        428,
        "Say which version you change",
        "A correction names what it was made from, so that nobody's is lost.",
        'Read the complaint and send its `ETag` in `If-Match`, for example `If-Match: "3"`.',
    ),
    "throttled": ProblemType(
        429,
        "Too many tries",
        "A limit by account, address or key is reached.",
        LATER,
    ),
    "too_many_unauthenticated": ProblemType(
        429,
        "Too many sockets that have not said who they are",
        "Sockets that show no token or key in the handshake are counted by their address.",
        f"Show it in the handshake. Else: {LATER[0].lower()}{LATER[1:]}",
    ),
    "headers_too_large": ProblemType(
        431,
        "The headers are too large",
        "They are more, or longer, than what is taken here.",
        "Send fewer. A browser may have to forget cookies.",
    ),
    "internal": ProblemType(
        500,
        "Something went wrong on our side",
        "It was logged with the request's id.",
        "Tell who runs it the `request_id`. What creates may be sent again with its `Idempotency-Key`.",
    ),
    "transfer_coding_unknown": ProblemType(
        501,
        "This transfer coding is not known",
        "Of `Transfer-Encoding` only `chunked` is known here.",
        "Send the body as it is.",
    ),
    "database_unavailable": ProblemType(
        503,
        "The database can't be reached",
        "Nothing was stored, or nobody knows whether it was.",
        f"{LATER} What creates carries the same `Idempotency-Key`.",
    ),
    "busy": ProblemType(
        503,
        "As many do this at once as may",
        "Looking at a password is made to cost much, so that few are looked at at a time.",
        LATER,
    ),
    "sockets_unavailable": ProblemType(
        503,
        "No sockets here at present",
        "This process begins or ends.",
        LATER,
    ),
    "sockets_full": ProblemType(
        503,
        "This process has as many sockets as it may",
        "`SOCKETS_PER_PROCESS` is reached, or the descriptors that the machine grants.",
        LATER,
    ),
    OTHER: ProblemType(
        400,
        "The request was refused",
        "By a rule of HTTP; the status says which.",
        "Look the status up in RFC 9110, section 15.",
    ),
}
