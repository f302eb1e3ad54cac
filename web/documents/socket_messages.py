"""What is said on a socket, by type: the shapes of which the AsyncAPI document is made."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from complaints.alert_words import AlertState
from complaints.events.envelope import Envelope
from complaints.events.snapshot import Brief
from web.documents.account_words import JWT, KEY
from web.documents.wire_words import COMPLAINT, OPERATOR, OTHER
from web.hub.core.resync_reasons import ResyncReason
from web.hub.socket.client_messages import EPOCH_MAXIMUM, SEQ_MAXIMUM

ADA: JsonDict = {"id": OPERATOR, "name": "Ada Lovelace"}
SITES = "The sites that the caller may see; null for every site."
HEAD = "The seq up to which this connection was served: keep it as your cursor."


class ClientSays(BaseModel):
    """A message of a client's. What else stands in it is not looked at."""

    model_config = ConfigDict(extra="allow")


class AuthMessage(ClientSays):
    """Who it is, where the handshake didn't say: first of all, within 10 seconds. Later: a newer one of the same.

    Exactly one of `token` and `key`.
    """

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{"type": "auth", "token": JWT}, {"type": "auth", "key": KEY}]},
    )

    type: Literal["auth"]
    token: str | None = Field(None, description="An access token.", examples=[JWT])
    key: str | None = Field(None, description="An API key with the scope `events:read`.", examples=[KEY])


class SubscribeMessage(ClientSays):
    """Send events from now on, those that came since `after` first. Said again, it holds in place of the former."""

    type: Literal["subscribe"]
    after: int | None = Field(
        None, ge=0, le=SEQ_MAXIMUM, description="The last seq that was seen; null: from now.", examples=[1040]
    )
    epoch: str | None = Field(
        None,
        max_length=EPOCH_MAXIMUM,
        description="The epoch that `after` is of; null: whichever is.",
        examples=["5b0f6f0e9d6f4c0c"],
    )
    complaint: str | None = Field(
        None, description="A complaint's id: its events alone; null: all.", examples=[None]
    )


class PongMessage(ClientSays):
    """The answer to a `ping`, within 20 seconds."""

    type: Literal["pong"]


class SeenMessage(ClientSays):
    """The event is on screen: every 10 seconds or so, so that the lag to the screen is known."""

    type: Literal["seen"]
    seq: int = Field(ge=0, le=SEQ_MAXIMUM, description="Up to which event.", examples=[1042])


class ViewingMessage(ClientSays):
    """The operator has this complaint open now, or none. Programs view nothing."""

    type: Literal["viewing"]
    id: str | None = Field(None, description="The complaint's id; null for none.", examples=[COMPLAINT])


class WelcomeMessage(BaseModel):
    """You are known. Subscribe now."""

    type: Literal["welcome"]
    connection: str = Field(description="What this connection is called in logs.", examples=["w1-17"])
    epoch: str
    head: int = Field(description=HEAD, examples=[1042])
    expires_in: int | None = Field(
        description="Seconds until the token or key ends; null for a key without an end.", examples=[900]
    )
    ping_interval: float = Field(description="Seconds between two pings.", examples=[25])
    sites: list[str] | None = Field(description=SITES, examples=[None])


class EventMessage(Envelope):
    """An event: the members of its envelope beside the type."""

    type: Literal["event"]


class LiveMessage(BaseModel):
    """The replay has caught up: what comes now has only just happened."""

    type: Literal["live"]
    head: int = Field(description=HEAD, examples=[1042])


class PingMessage(BaseModel):
    """Are you there? Say `pong`."""

    type: Literal["ping"]
    head: int = Field(description=HEAD, examples=[1042])
    epoch: str


class ResyncMessage(BaseModel):
    """What lies between can't be told. Fetch the list again; live events follow after `head`."""

    type: Literal["resync"]
    head: int = Field(description=HEAD, examples=[1042])
    epoch: str
    reason: ResyncReason = Field(description="Why.", examples=["behind"])
    sites: list[str] | None = Field(description=SITES, examples=[None])


class OnlineShape(BaseModel):
    """Who is online."""

    count: int = Field(description="How many operators.", examples=[1])
    operators: list[Brief] = Field(description="The first 20 by name.")


class PresenceMessage(BaseModel):
    """Who is online, or who views a complaint. Best effort, and only for operators."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"type": "presence", "online": {"count": 1, "operators": [ADA]}},
                {"type": "presence", "complaint": COMPLAINT, "operators": [ADA]},
            ]
        }
    )

    type: Literal["presence"]
    online: OnlineShape | None = Field(None, description="Who is online.")
    complaint: str | None = Field(None, description="The complaint that is viewed.", examples=[COMPLAINT])
    operators: list[Brief] | None = Field(None, description="Who views it: the first 100 by name.")


class AlertSignal(BaseModel):
    """An alert of the viewed complaint."""

    id: str = Field(description="The alert's id.", examples=[OTHER])
    state: AlertState = Field(description="How it stands now.", examples=["sent"])


class SignalMessage(BaseModel):
    """What need not survive: an alert of the complaint that you view stands otherwise now."""

    type: Literal["signal"]
    name: Literal["alert"] = Field(description="What it is about.", examples=["alert"])
    complaint: str = Field(description="The complaint's id.", examples=[COMPLAINT])
    alert: AlertSignal


class ErrorMessage(BaseModel):
    """What you said makes no sense, or not now. The connection stays."""

    type: Literal["error"]
    detail: str = Field(description="What is wrong with it.", examples=["seq: wants a whole number from 0"])


CLIENT_MESSAGES: tuple[type[BaseModel], ...] = (
    AuthMessage,
    SubscribeMessage,
    PongMessage,
    SeenMessage,
    ViewingMessage,
)
SERVER_MESSAGES: tuple[type[BaseModel], ...] = (
    WelcomeMessage,
    EventMessage,
    LiveMessage,
    PingMessage,
    ResyncMessage,
    PresenceMessage,
    SignalMessage,
    ErrorMessage,
)


def type_said(message: type[BaseModel]) -> str:
    """Return the `type` of the message."""
    [word] = message.model_fields["type"].annotation.__args__  # type: ignore[union-attr]
    return str(word)
