"""What the bot does when it is told to; `workers.telegram.handlers.text_messages` has the table.

Answers to a linked chat are notices, owed like any alert; other chats are answered at once or not at all. A group
grants nobody rights: who manages a chat there is known by their own private chat.
"""
