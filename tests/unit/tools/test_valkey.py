"""The embedded Valkey, in whatever folder the checkout lies."""

from pathlib import Path

from redis import Redis

from tools.environment import free_port
from tools.valkey import EmbeddedValkey


def test_it_keeps_its_data_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "with spaces, 'quotes' and é"
    for _ in range(2):
        with EmbeddedValkey(folder, free_port()) as valkey, Redis.from_url(valkey.url) as redis:
            kept = redis.incr("starts")
    assert kept == 2
    assert (folder / "appendonlydir").is_dir()
