"""gunicorn's configuration with a fault in it: what stands around the application fails for `/broken`."""

from typing import Any

from web import gunicorn_conf
from web.gunicorn_conf import *  # noqa: F403 - the configuration is the module's names


def post_worker_init(worker: Any) -> None:
    """Begin as always, and put the fault around the application."""
    gunicorn_conf.post_worker_init(worker)
    serve = worker.wsgi.wsgi_app

    def serve_or_fail(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/broken":
            raise RuntimeError("broken")
        return serve(environ, start_response)

    worker.wsgi.wsgi_app = serve_or_fail
