"""What a hub counts and says of itself: to the other processes, to `/websocket/stats` and health, to Prometheus."""
