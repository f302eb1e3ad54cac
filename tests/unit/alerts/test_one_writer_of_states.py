"""Only `alert_state` writes an alert's state or makes its row, for only it tells of the change."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.procfile import ROOT

PACKAGES = ("complaints", "workers", "web")
WRITER = ROOT / "complaints/alerts/state/alert_state.py"
CHATS = ("chat",)
"""What a chat is called where its own state is written."""
MAKERS = ("Alert", "insert", "insert_ignoring")


def faults(source: str) -> list[str]:
    """Return what the source does that is the writer's alone."""
    return [fault for node in ast.walk(ast.parse(source)) for fault in _faults(node)]


def _faults(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in (one for whole in targets for one in ast.walk(whole)):
            if isinstance(target, ast.Attribute) and target.attr == "state" and not _is_chat(target.value):
                yield f"{node.lineno}: {ast.unparse(target)} is assigned"
    if isinstance(node, ast.Dict) and _makes_row(node):
        yield f"{node.lineno}: a row with a state of an alert"
    if isinstance(node, ast.Call):
        yield from _faults_of_call(node)


def _faults_of_call(node: ast.Call) -> Iterator[str]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    if name == "values" and any(word.arg == "state" for word in node.keywords):
        yield f"{node.lineno}: values(state=…)"
    if name == "values" and any(_is_state(key) for one in node.args for key in ast.walk(one)):
        yield f"{node.lineno}: values with a state"
    if name == "setattr" and any(_is_state(one) for one in node.args):
        yield f"{node.lineno}: setattr of a state"
    if name == "Alert" or (name in MAKERS and any(ast.unparse(one) == "Alert" for one in node.args)):
        yield f"{node.lineno}: an alert's row is made"


def _makes_row(node: ast.Dict) -> bool:
    pairs = zip(node.keys, node.values, strict=True)
    return any(_is_state(key) and "AlertState" in ast.unparse(value) for key, value in pairs)


def _is_chat(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in CHATS


def _is_state(node: ast.AST | None) -> bool:
    if isinstance(node, ast.Constant):
        return node.value == "state"
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "Alert.state"


@pytest.mark.parametrize("package", PACKAGES)
def test_nobody_else_writes_an_alerts_state(package: str) -> None:
    modules = [path for path in sorted((ROOT / package).rglob("*.py")) if path != WRITER and _knows(path)]
    found = [f"{path.relative_to(ROOT)}:{fault}" for path in modules for fault in faults(path.read_text())]
    assert found == []


def _knows(path: Path) -> bool:
    """Modules that don't import alerts or their words have states of other things."""
    return "Alert" in path.read_text()


@pytest.mark.parametrize(
    "source",
    [
        "alert.state = 'sent'",
        "alert.state, alert.reason = 'sent', None",
        "digest.state: str = 'sent'",
        "self.alert.state = AlertState.SENT",
        "session.execute(update(Alert).values(state='sent'))",
        "query.values({'state': 'sent'})",
        "query.values({Alert.state: 'sent'})",
        "setattr(alert, 'state', 'sent')",
        "session.add(Alert(id=1))",
        "insert_ignoring(session, Alert, rows)",
        "session.execute(insert(Alert), rows)",
        "row = {'state': AlertState.PENDING}",
    ],
)
def test_whoever_does_is_found(source: str) -> None:
    assert faults(source)


@pytest.mark.parametrize(
    "source",
    ["chat.state = ChatState.MUTED", "alert.reason = None", "x = alert.state", "{'state': alert.state}"],
)
def test_what_is_harmless_is_let_be(source: str) -> None:
    assert faults(source) == []
