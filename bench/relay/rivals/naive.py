"""The obvious flask-sock app: each socket with a Redis subscription of its own; gunicorn with gevent."""

import os

from flask import Flask
from flask_sock import Sock
from redis import Redis
from simple_websocket import Server

app = Flask(__name__)
sock = Sock(app)


@sock.route("/ws")
def endpoint(ws: Server) -> None:
    """Pass on what Redis says."""
    with Redis.from_url(os.environ["REDIS_URL"]).pubsub() as channel:
        channel.subscribe("bench")
        ws.send("ready")
        for message in channel.listen():
            if message["type"] == "message":
                ws.send(message["data"].decode())
