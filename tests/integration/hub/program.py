"""A program with a key, over the API of a real gunicorn, and an admin who made both."""

from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import httpx

from tests.integration.hub.harness import Client, Deployment

ALL = ("complaints:submit", "complaints:read", "complaints:write", "comments:write", "events:read")


class Program:
    """An API client; its first key opens all, or what is said."""

    def __init__(self, deployment: Deployment, **form: Any) -> None:
        self._deployment = deployment
        token = deployment.token(deployment.operator("admin"))
        base = f"http://127.0.0.1:{deployment.port}/api/v1"
        self._admin = httpx.Client(
            base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=10, trust_env=False
        )
        self.id = self.rule("POST", "/api-clients", name=f"Kiosk {uuid4()}")["id"]
        self.made = self.make_key(**form)

    @property
    def key(self) -> str:
        """The first key."""
        return str(self.made["key"])

    def close(self) -> None:
        self._admin.close()

    def rule(self, method: str, path: str, **body: Any) -> Any:
        """Return what the API answers the admin."""
        response = self._admin.request(method, path, json=None if method == "DELETE" else body)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def make_key(self, **form: Any) -> Any:
        return self.rule("POST", f"/api-clients/{self.id}/keys", **({"scopes": ALL} | form))

    def rotate(self, **form: Any) -> Any:
        return self.rule("POST", f"/api-clients/{self.id}/keys/{self.made['id']}/rotate", **form)

    def revoke(self) -> None:
        self.rule("DELETE", f"/api-clients/{self.id}/keys/{self.made['id']}")

    def shut(self) -> None:
        """The admin closes the API client itself."""
        self.rule("PATCH", f"/api-clients/{self.id}", active=False)

    def socket(self, key: str | None = None) -> AbstractContextManager[Client]:
        """Open a socket that shows the key at its handshake."""
        return self._deployment.client(headers={"X-API-Key": key or self.key})
