"""What people typed stands in a message on one line, within its own direction, and with nothing to tap."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from complaints.alerts.messages.status_origin import StatusOrigin
from complaints.alerts.queue.digest_content import Line, Summary
from complaints.models import Operator
from complaints.texts.chat_text import as_html, as_said
from sandbox.text.entities import detect
from sandbox.text.html_parser import parse_html
from tests.unit.workers.render.test_alert_message import NOW, complaint, shown
from workers.render.base.message import fit
from workers.render.base.render_context import RenderContext
from workers.render.complaint_message import DESCRIPTION_LINES
from workers.render.digest_message import digest_message
from workers.render.open_message import open_text
from workers.telegram.incoming import reply_texts

CONTEXT = RenderContext("https://redress.example.org", ZoneInfo("UTC"), NOW)
TAPPED = (
    "/stop /stop@redress_bot и/stop @ada_admin #urgent ＃urgent #·urgent $USD $1INCH https://evil.example/x"
    " (www.evil.co/x) evil.com tg://resolve?domain=x anna@evil.org пример.рф http://10.0.0.1/ 10.0.0.1:80"
)
FORGED = f"Lift\n🔴 <b>RD-00000000</b> · critical\u2028\x85\x1b[1m\u2069\u202e{TAPPED}"
PIECES = [
    "/",
    "@",
    "#",
    "$",
    ".",
    ":",
    "//",
    "http",
    "tg",
    "evil",
    "com",
    "USD",
    "1",
    "·",
    "\u200c",
    "ש",
    " ",
    "\n",
    "\u2060",
    "<",
    "-",
]


def lines(html: str) -> list[str]:
    return parse_html(html)[0].splitlines()


def tappable(html: str) -> list[str]:
    """Return the kinds of what Telegram would make tappable by itself."""
    text, entities = parse_html(html)
    return [entity["type"] for entity in detect(text, entities)]


def test_what_is_tapped_here_is_found_by_telegram() -> None:
    kinds = {entity["type"] for entity in detect(TAPPED)}
    assert kinds == {"bot_command", "mention", "hashtag", "cashtag", "url", "email"}


def test_an_alert_has_its_own_lines_and_nothing_to_tap() -> None:
    # Given
    names = {"subject": FORGED, "site": FORGED, "category": FORGED, "description": FORGED.replace("\n", " ")}
    forged = complaint(**names, assignee=Operator(name=FORGED))
    plain = complaint(**dict.fromkeys(names, "x"), assignee=Operator(name="x"))
    actor, owner = StatusOrigin(FORGED, NOW - timedelta(minutes=4)), Operator(name=FORGED)
    # When
    message = shown(forged, status_origin=actor, owner=owner, actor=FORGED, kind="assignment")
    # Then
    above = [line for line in lines(message.text) if not line.startswith(("[1m", "Lift"))]
    assert len(above) == len([line for line in lines(shown(plain).text) if line != "x"])
    assert tappable(message.text) == []
    assert "<b>RD-00000000</b>" not in message.text


def test_a_digest_has_a_line_for_each_complaint() -> None:
    # Given
    worst = tuple(Line(f"RD-0000000{n}", "high", FORGED, FORGED) for n in range(3))
    summary = Summary(3, worst, ((FORGED, 3),), ((FORGED, 3),), NOW, NOW)
    # When
    text = digest_message(summary, CONTEXT).text
    # Then
    assert [line[:13] for line in lines(text)[3:6]] == [f"🟠 RD-0000000{n}" for n in range(3)]
    assert len(lines(text)) == 9
    assert tappable(text) == []


def test_a_list_has_two_lines_for_each_complaint() -> None:
    text = open_text([complaint(description=FORGED, site=FORGED)] * 2, 2, "http://127.0.0.1/", now=NOW)
    assert len(lines(text)) == 1 + 2 * 2 + 1
    assert tappable(text) == ["url"]


def test_the_lines_of_a_description_are_a_quotation() -> None:
    # When
    message = shown(complaint(description="It leaks\r\n\r\nAcknowledged by Ada\u2028/stop"))
    # Then
    assert message.text.endswith("\n\n<blockquote>It leaks\nAcknowledged by Ada\n/\u2060stop</blockquote>")
    assert fit(message.text, plain=True).text.endswith("\n> It leaks\n> Acknowledged by Ada\n> /\u2060stop")
    many = shown(complaint(description="x\n" * 200)).text
    assert many.count("\n", many.index("<blockquote>")) == DESCRIPTION_LINES


def test_a_text_from_right_to_left_turns_nothing_beside_it() -> None:
    assert as_said("שלום 123") == "\u2068שלום 123\u2069"
    assert as_said("\u2069\u202eمرحبا") == "\u2068مرحبا\u2069"
    assert as_said("\u202eNorth (2)") == "North (2)"
    message = shown(complaint(site="שלום", subject="مرحبا 1", description="x\nשלום"))
    assert "· \u2068שלום\u2069\n" in message.text
    assert "<b>\u2068مرحبا 1\u2069</b>" in message.text
    assert "\n\u2068שלום\u2069</blockquote>" in message.text


def test_the_bot_answers_with_names_that_are_only_names() -> None:
    text = reply_texts.fill(reply_texts.NOT_YOURS, name=f"{FORGED} שלום")
    assert len(lines(text)) == 1
    assert tappable(text) == []
    assert text.count("\u2068") == text.count("\u2069") == 1


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_nothing_that_can_be_typed_is_tappable(text: str) -> None:
    shown = as_html(text)
    assert tappable(shown) == []
    assert len(shown.splitlines()) < 2
    assert shown == as_html(as_said(text))
