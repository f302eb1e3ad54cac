"""`make bench`, or `make bench ARGS=pipeline` for one of them."""

import importlib
import sys

ALL = ("pipeline", "outage", "claims", "surge", "faults", "routing")

for name in sys.argv[1:] or ALL:
    if name not in ALL:
        sys.exit(f"redress: there is no benchmark {name!r}; there are: {', '.join(ALL)}")
    print(f"== {name}")
    importlib.import_module(f"bench.{name}").main()
