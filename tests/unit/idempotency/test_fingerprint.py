"""A fingerprint outlives a release: a record that an older one wrote must still match."""

from web.idempotency.attempt import fingerprint


def test_a_fingerprint_is_what_it_always_was() -> None:
    body = {"description": "x", "extra": {"n": 1.0, "a": [2, None]}}
    assert fingerprint(body) == "e90d6ef9aaabb8210c203e3d7ab2d1265d93fa4ae39df13adddd64e4e4ca9b36"
