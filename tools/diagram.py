"""`python -m tools.diagram`: draws docs/images/architecture.svg from the text beside it; wants Graphviz' `dot`.

The drawing carries the SHA-256 of its text, so that whether it is current can be seen without Graphviz.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

from tools.procfile import ROOT

TEXT = ROOT / "docs" / "images" / "architecture.dot"
DRAWING = TEXT.with_suffix(".svg")
STYLE = """<style>
  text { font-family: ui-sans-serif, system-ui, sans-serif; fill: #1d2b2a; }
  .edge text { fill: #4a5b59; }
  .node path, .node polygon, .node ellipse { stroke: #6d827f; fill: #f4f8f7; }
  .cluster polygon, .cluster path { stroke: #b5c4c1; fill: #e6eeec; }
  .store path, .store polygon { fill: #fdf3d8; }
  .edge path { stroke: #6d827f; }
  .edge polygon { stroke: #6d827f; fill: #6d827f; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4eceb; }
    .edge text { fill: #a9bab7; }
    .node path, .node polygon, .node ellipse { stroke: #7d918e; fill: #22302e; }
    .cluster polygon, .cluster path { stroke: #3c4d4a; fill: #192422; }
    .store path, .store polygon { fill: #3a3320; }
  }
</style>"""


def main() -> None:
    """Draw; exit 1 with one line where Graphviz is missing or refuses the text."""
    try:
        drawn = subprocess.run(["dot", "-Tsvg", TEXT], capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        sys.exit("Graphviz is missing: apt-get install graphviz, or brew install graphviz")
    except subprocess.CalledProcessError as error:
        sys.exit(error.stderr)
    head, svg, rest = drawn.partition("<svg")
    opening, end, body = rest.partition(">\n")
    DRAWING.write_text(f"{head}{stamp()}\n{svg}{opening}{end}{STYLE}\n{body}")


def is_current(drawing: Path = DRAWING) -> bool:
    """Say whether the drawing is of the text as it is now."""
    return drawing.exists() and stamp() in drawing.read_text()


def stamp() -> str:
    """Return the comment that ties a drawing to its text."""
    return f"<!-- of {TEXT.name}, sha256 {hashlib.sha256(TEXT.read_bytes()).hexdigest()} -->"


if __name__ == "__main__":
    main()
