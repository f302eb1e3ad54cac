"""FastAPI's ConnectionManager as its documentation has it, fed from one Redis subscription; on uvicorn."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis


class ConnectionManager:
    """The connections of one process."""

    def __init__(self) -> None:
        self.active: list[WebSocket] = []

    async def connect(self, socket: WebSocket) -> None:
        """Take one on."""
        await socket.accept()
        self.active.append(socket)

    async def broadcast(self, message: str) -> None:
        """Send to everybody."""
        for socket in list(self.active):
            await socket.send_text(message)


manager = ConnectionManager()


async def relay() -> None:
    """Pass on what Redis says."""
    async with Redis.from_url(os.environ["REDIS_URL"]).pubsub() as channel:
        await channel.subscribe("bench")
        async for message in channel.listen():
            if message["type"] == "message":
                await manager.broadcast(message["data"].decode())


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Relay while the app lives."""
    task = asyncio.create_task(relay())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/ws")
async def endpoint(socket: WebSocket) -> None:
    """Hold a client until it leaves."""
    await manager.connect(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        manager.active.remove(socket)
