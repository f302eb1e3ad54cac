"""The files that the browser loads, and the one version that names them all.

Modules import each other by relative path, so the version is a folder in the URL, not a query: a page never
mixes files of two versions, and every file may be cached for good.
"""

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
BARE_NAMES = {
    "preact": "vendor/preact.mjs",
    "preact/hooks": "vendor/preact-hooks.mjs",
    "@preact/signals": "vendor/signals.mjs",
    "@preact/signals-core": "vendor/signals-core.mjs",
    "htm": "vendor/htm.mjs",
}


@dataclass(frozen=True)
class Assets:
    """What the shell needs to know; computed once, when the blueprint is made."""

    version: str
    styles: tuple[str, ...]
    modules: tuple[str, ...]
    import_map: str

    @property
    def import_map_hash(self) -> str:
        """The CSP source that allows exactly this inline import map."""
        digest = hashlib.sha256(self.import_map.encode()).digest()
        return f"'sha256-{b64encode(digest).decode()}'"


def read_assets(static: Path = STATIC) -> Assets:
    """Hashes every file under `static`, names and contents, in one stable order."""
    files = sorted(path for path in static.rglob("*") if path.is_file())
    names = [path.relative_to(static).as_posix() for path in files]
    total = hashlib.sha256()
    for name, path in zip(names, files, strict=True):
        total.update(f"{name}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    version = total.hexdigest()[:16]
    imports = {bare: f"/static/{version}/{name}" for bare, name in BARE_NAMES.items()}
    return Assets(
        version=version,
        styles=tuple(name for name in names if name.endswith(".css")),
        modules=tuple(name for name in names if name.endswith((".js", ".mjs"))),
        import_map=json.dumps({"imports": imports}, separators=(",", ":")),
    )
