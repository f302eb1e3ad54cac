"""What the running product says of itself."""

import httpx

from tools.stack import PLAIN, Stack


def measured(stack: Stack, sample: str) -> float:
    """Return the number that a scrape has for the sample (its name and labels); 0 where it has none."""
    lines = httpx.get(f"{stack.url}/metrics", timeout=10, verify=PLAIN).text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{sample} ")), 0.0)
