"""What the presses led to."""

from complaints.alerts.recipients.preferences import Preferences


def wishes(office, chat) -> Preferences:
    return Preferences.model_validate(office.chat(chat.id).preferences)


def said(telegram) -> list[str]:
    return [call.payload.get("text", "") for call in telegram.calls("answerCallbackQuery")]
