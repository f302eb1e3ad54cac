"""Telegram's HTML becomes text and entities, or Telegram's complaint."""

import pytest

from sandbox.base.refusals import Refusal
from sandbox.text.html_parser import parse_html


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>loud</b> plain", "loud plain", [("bold", 0, 4)]),
        ("<strong>a</strong><em>b</em>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        ("<s>a</s><del>b</del>", "ab", [("strikethrough", 0, 1), ("strikethrough", 1, 1)]),
        ("<b>out <i>in</i></b>", "out in", [("bold", 0, 6), ("italic", 4, 2)]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("<blockquote>said</blockquote>", "said", [("blockquote", 0, 4)]),
        ("<blockquote expandable>said</blockquote>", "said", [("expandable_blockquote", 0, 4)]),
        ("a &lt;b&gt; &amp; &quot;c&#39; &nbsp;", "a <b> & \"c' &nbsp;", []),
        ("\U0001f525<b>hot</b>", "\U0001f525hot", [("bold", 2, 3)]),
        ("<b></b>nothing", "nothing", []),
        ("<B>case</B>", "case", [("bold", 0, 4)]),
    ],
)
def test_markup_becomes_entities_counted_in_utf16(source, text, entities):
    parsed, found = parse_html(source)

    assert parsed == text
    assert [(e["type"], e["offset"], e["length"]) for e in found] == entities


def test_a_link_keeps_its_address_and_a_useless_address_makes_no_link():
    good, found = parse_html('<a href="https://example.org/?a=1&amp;b=2">here</a>')
    bad, none = parse_html('<a href="javascript:alert(1)">here</a>')

    assert (good, bad) == ("here", "here")
    assert found == [{"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/?a=1&b=2"}]
    assert none == []


def test_code_inside_pre_names_the_language():
    _, found = parse_html('<pre><code class="language-python">x = 1</code></pre>')

    assert found == [{"type": "pre", "offset": 0, "length": 5, "language": "python"}]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("é<img src=x>", 'Unsupported start tag "img" at byte offset 2'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_markup_is_refused_in_telegrams_words(source, complaint):
    with pytest.raises(Refusal) as refused:
        parse_html(source)

    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: can't parse entities: {complaint}"
