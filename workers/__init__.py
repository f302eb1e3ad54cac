"""The second door: what happens behind the requests, in Celery workers and the bot process.

app, tasks, runtime, broker     the Celery workers, and what a process holds for its life
dispatch                        many chats at once, one message at a time in each
bot                             the bot process
render                          what a message says
telegram                        the way there and back
"""
