"""What every part of the sandbox may name: how Telegram refuses, and what counts as this machine."""
