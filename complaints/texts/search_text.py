"""What a complaint is found by, and the words of who searches: folded alike, so that the engines need not know how.

Decision 28 says why it is kept beside the complaint.
"""

from collections.abc import Iterable

from complaints.texts.folding import fold

_ALIKE = [
    str.maketrans(dict(zip("01", typed, strict=True))) for typed in ("01", "o1", "0i", "0l", "oi", "ol")
]


def search_text(reference: str, texts: Iterable[str | None]) -> str:
    """Return the reference, as people may type it, and the texts, folded, one a line."""
    folded = fold(reference)
    typed = {folded.translate(alike) for alike in _ALIKE}
    spoken = " ".join(f"{name} {name.replace('-', '')}" for name in sorted(typed))
    return "\n".join([spoken, *(fold(text) for text in texts if text)])


def search_words(text: str) -> list[str]:
    """Return the words of a search, folded, each once."""
    return list(dict.fromkeys(fold(text).split()))
