"""Benchmarks: figures beside a baseline of the same run, since machines are noisy. `make bench`."""
