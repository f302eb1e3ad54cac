"""The medians as a table, ours as a multiple of each rival's."""

from collections.abc import Iterator

from bench.relay.duel import ACCEPTS, CPU, JOINED, LABELS, MEMORY, ONE, P99, Figures

ORDER = (CPU, ONE, JOINED, P99, ACCEPTS, MEMORY)
OURS = "redress"


def table(figures: Figures) -> Iterator[str]:
    """Yield a line for each measure, number of sockets and system."""
    sizes = sorted({sockets for _, _, sockets in figures})
    systems = list(dict.fromkeys(system for _, system, _ in figures))
    for measure in ORDER:
        for sockets in sizes:
            yield f"{LABELS[measure]}, {sockets:,} sockets"
            for system in systems:
                figure = figures.get((measure, system, sockets))
                if figure is not None:
                    ratio = figures[measure, OURS, sockets] / figure
                    yield f"    {system:<12} {figure:>12,.1f}" + (
                        "" if system == OURS else f"   ours {ratio:.2f} x"
                    )
