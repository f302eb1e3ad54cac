"""What runs without anybody asking: the path of an event, sweeps, clean-up, signs of life, figures."""
