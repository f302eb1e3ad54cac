"""Somebody who signs in and works over the API of a real gunicorn."""

import http.client
import json
from contextlib import closing
from typing import Any
from uuid import uuid4

from tests.integration.hub.harness import Deployment

PASSWORD = "correct horse battery"


class Person:
    """An agent with a password, and an admin who can change them."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._admin = deployment.token(deployment.operator("admin"))
        self._email = f"{uuid4()}@example.org"
        added = self.rule(
            "POST", "/operators", email=self._email, name="Ada", role="agent", password=PASSWORD
        )
        self.id: str = added["id"]
        self._tokens = self._sign_in()

    @property
    def token(self) -> str:
        """The access token of the first session."""
        return str(self._tokens["access_token"])

    def rule(self, method: str, path: str, **body: Any) -> Any:
        """Return what the API answers the admin."""
        return self._call(method, path, self._admin, **body)

    def change(self, **fields: Any) -> None:
        """The admin changes this operator."""
        self.rule("PATCH", f"/operators/{self.id}", **fields)

    def log_out(self) -> None:
        self._call("POST", "/auth/logout", self.token)

    def close_session_from_another(self) -> None:
        token = self._sign_in()["access_token"]
        sessions = self._call("GET", "/auth/sessions", token)["items"]
        [other] = [session["id"] for session in sessions if not session["current"]]
        self._call("DELETE", f"/auth/sessions/{other}", token)

    def show_an_old_refresh_token(self) -> None:
        old = self._tokens["refresh_token"]
        newer = self._call("POST", "/auth/refresh", refresh_token=old)
        self._call("POST", "/auth/refresh", refresh_token=newer["refresh_token"])
        assert self._ask("POST", "/auth/refresh", refresh_token=old)[0] == 401

    def change_password(self, token: str | None = None) -> None:
        """In the first session, or in that of the token."""
        form = {"current_password": PASSWORD, "new_password": PASSWORD + "!"}
        self._call("POST", "/auth/password", token or self.token, **form)

    def change_password_in_another_session(self) -> None:
        self.change_password(self._sign_in()["access_token"])

    def follow_a_link(self) -> None:
        """To choose another password."""
        token = self.rule("POST", f"/operators/{self.id}/reset")["url"].partition("#")[2]
        self._call("POST", "/auth/password/reset", token=token, password=PASSWORD)

    def _sign_in(self) -> Any:
        return self._call("POST", "/auth/login", email=self._email, password=PASSWORD)

    def _call(self, method: str, path: str, token: str | None = None, /, **body: Any) -> Any:
        status, answer = self._ask(method, path, token, **body)
        assert status < 300, answer
        return json.loads(answer) if answer else None

    def _ask(self, method: str, path: str, token: str | None = None, /, **body: Any) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        with closing(
            http.client.HTTPConnection("127.0.0.1", self._deployment.port, timeout=10)
        ) as connection:
            connection.request(method, f"/api/v1{path}", json.dumps(body) if body else None, headers)
            response = connection.getresponse()
            return response.status, response.read()
