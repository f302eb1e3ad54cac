"""`make bench`, or `make bench ARGS=pipeline` for one of them."""

import importlib
import logging
import sys

import structlog

ALL = ("pipeline", "outage", "claims", "surge", "faults", "routing", "relay", "api")

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
for name in sys.argv[1:] or ALL:
    if name not in ALL:
        sys.exit(f"redress: there is no benchmark {name!r}; there are: {', '.join(ALL)}")
    print(f"== {name}")
    importlib.import_module(f"bench.{name}").main()
