"""python-socketio with its Redis manager; on uvicorn."""

import os

import socketio

server = socketio.AsyncServer(
    async_mode="asgi", client_manager=socketio.AsyncRedisManager(os.environ["REDIS_URL"], channel="bench")
)
app = socketio.ASGIApp(server)
