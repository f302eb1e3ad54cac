"""The second door: what happens behind the requests, in Celery workers and the bot process."""
