"""What happens while sockets come, speak and go: each message, each second, each arrival, the end."""
