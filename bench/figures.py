"""Percentiles, and how they are printed."""

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile; `share` from 0 to 1."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def row(name: str, seconds: Sequence[float], baseline: Sequence[float] | None = None) -> str:
    """Return one line: p50, p99 and greatest in milliseconds, and p50 as a multiple of the baseline's."""
    figures = [percentile(seconds, share) * 1000 for share in (0.5, 0.99, 1)]
    line = f"{name:<46} p50 {figures[0]:8.1f} ms   p99 {figures[1]:8.1f} ms   max {figures[2]:8.1f} ms"
    if baseline is None:
        return line
    return f"{line}   {percentile(seconds, 0.5) / percentile(baseline, 0.5):6.1f} x baseline"
