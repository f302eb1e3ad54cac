"""The way to Telegram: one bot a process, the limiter before it, and what its errors mean."""
