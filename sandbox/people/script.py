"""All that can be done to the sandbox, and asked of it: the verbs of the Python API and of the door for scripts."""

import time
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from sandbox.base.refusals import ScriptError, misuse
from sandbox.people.phones import Phones
from sandbox.world.call_log import Call, CallLog
from sandbox.world.faults import Fault
from sandbox.world.rate_windows import RateWindow
from sandbox.world.world import Message, World

SHOWN_CALLS = 40


class Script(Phones):
    """What people do on their phones, and besides: faults, limits, the log of calls, the whole state."""

    def __init__(self, world: World, calls: CallLog) -> None:
        super().__init__(world)
        self.world = world
        self._calls = calls

    def messages(self, chat_id: int) -> list[Message]:
        """What the chat shows now, oldest first, as Message objects of the Bot API."""
        with self.world.lock:
            if chat_id not in self.world.chats:
                raise ScriptError(f"there is no chat {chat_id}")
            return list(self.world.messages[chat_id].values())

    def calls(
        self, *methods: str, chat_id: int | None = None, after: int = 0, violations: bool = False
    ) -> list[Call]:
        """What the bot sent, in order of arrival, narrowed by all that is given."""
        return self._calls.select(methods, chat_id, after, violations)

    def violations(self) -> list[Call]:
        """Calls that overflowed one of Telegram's windows."""
        return self.calls(violations=True)

    def clear_calls(self) -> None:
        self._calls.clear()

    def wait_for(self, condition: Callable[[], Any], timeout: float = 60.0) -> Any:
        """Wait until ``condition()`` is true and return its value; looks again whenever a call comes or ends."""
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not within {timeout} s; the bot's last calls: {self.calls()[-5:]}")
            with self._calls.changed:
                self._calls.changed.wait(min(left, 0.05))
        return value

    def fault(self, kind: str, **options: Any) -> int:
        """Put a fault in force (see ``world.faults.Fault`` for the options) and return its id."""
        try:
            fault = Fault(kind, **options)
        except ValidationError as error:
            raise misuse(error) from error
        with self.world.lock:
            self.world.faults.add(fault)
        self.world.tell_controls()
        return fault.id

    def faults(self) -> list[dict[str, Any]]:
        """The faults in force, oldest first."""
        with self.world.lock:
            return self.world.faults.listed()

    def remove_fault(self, fault_id: int) -> None:
        with self.world.lock:
            self.world.faults.remove(fault_id)
        self.world.tell_controls()

    def clear_faults(self) -> None:
        with self.world.lock:
            self.world.faults.clear()
        self.world.tell_controls()

    def set_limits(
        self,
        *,
        on: bool | None = None,
        all: str | None = None,
        chat: str | None = None,
        group: str | None = None,
    ) -> None:
        """Switch or change Telegram's limits (rates as ``30/1``: messages/seconds); what is not given stays."""
        rates = {"all": all, "chat": chat, "group": group}
        parsed = {name: RateWindow.parse(rate) for name, rate in rates.items() if rate is not None}
        with self.world.lock:
            limits = self.world.limits
            limits.on = limits.on if on is None else on
            for name, rate in parsed.items():
                setattr(limits, name, rate)
        self.world.tell_controls()

    def reset(self) -> None:
        """Back to the start: the default user alone, no calls, no faults; limits keep their rates."""
        with self.world.lock:
            self._calls.clear()
            self.world.reset()

    def state(self, shown: int) -> dict[str, Any]:
        """Everything that the page shows, the last ``shown`` messages of each chat, and the feed's cursor."""
        with self.world.lock:
            world = self.world
            chats = [world.show_chat(chat) for chat in world.visible_chats()]
            return {
                "cursor": world.feed.cursor,
                "bot": world.bot,
                "users": [user.wire() for user in world.users.values()],
                "chats": chats,
                "messages": {c["id"]: list(world.messages[c["id"]].values())[-shown:] for c in chats},
                "commands": world.commands,
                "calls": [call.brief() for call in self._recent_calls()],
                **world.controls(),
            }

    def _recent_calls(self) -> list[Call]:
        answered = [call for call in self.calls() if call.answered and call.method != "getUpdates"]
        return answered[: -SHOWN_CALLS - 1 : -1]
