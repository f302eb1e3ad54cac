"""Presence and signals, best effort: who is online, who views which complaint, what becomes of its alerts."""
