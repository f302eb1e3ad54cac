"""gunicorn's configuration with little patience, so that tests need little."""

from web.gunicorn_conf import *  # noqa: F403 - the configuration is the module's names
from web.serving import patient_worker
from web.serving.client_connection import Stage

patient_worker.SECONDS |= {Stage.READING: 1.0, Stage.FLUSHING: 1.0, Stage.LINGERING: 1.0}
