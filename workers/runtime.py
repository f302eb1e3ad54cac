"""What a worker process holds for its life: settings, database, Redis, stream, poker, Telegram."""

from dataclasses import dataclass

from celery import Celery
from redis import Redis

from complaints.alerts.state.alert_signals import AlertSignals
from complaints.attachments.object_store import open_store
from complaints.db import Database
from complaints.events.event_stream import EventStream
from complaints.events.wakeups import Poker, enqueue_with
from complaints.redis_client import connect
from complaints.settings import Settings
from workers.dispatch import Dispatcher, make_dispatcher
from workers.mail.mail_sender import MailSender, make_mail_sender
from workers.pictures.attachment_keeper import AttachmentKeeper, make_attachment_keeper
from workers.telegram.handlers.consume_updates import UpdateConsumer, make_update_consumer


@dataclass(frozen=True)
class Runtime:
    """The connections of one process; nothing connects before it is used.

    Without a bot `dispatcher` and `consumer` are None, without a mail server `mail_sender` is, without a store
    `attachment_keeper` is.
    """

    settings: Settings
    database: Database
    redis: Redis
    stream: EventStream
    poker: Poker
    signals: AlertSignals
    dispatcher: Dispatcher | None
    consumer: UpdateConsumer | None
    mail_sender: MailSender | None
    attachment_keeper: AttachmentKeeper | None

    def stop_claiming(self) -> None:
        """Take on nothing new; what is under way goes on."""
        for sender in (self.dispatcher, self.mail_sender, self.attachment_keeper):
            if sender is not None:
                sender.stop_claiming()

    def close(self) -> None:
        """Finish what is under way, send the pokes that wait, and close what is open."""
        for telegram in (self.consumer, self.dispatcher):
            if telegram is not None:
                telegram.close()
        self.poker.close()
        self.signals.close()
        self.redis.close()
        self.database.close()


def make_runtime(settings: Settings, celery: Celery) -> Runtime:
    """Build the process's connections from its settings."""
    redis = connect(settings.redis_url)
    signals = AlertSignals(redis)
    database = Database(
        settings.database_url,
        pool_size=settings.database_pool_size,
        committed=signals.tell,
    )
    poker = Poker(redis, enqueue_with(celery))
    store = open_store(settings.attachments_url)
    return Runtime(
        settings=settings,
        database=database,
        redis=redis,
        stream=EventStream(redis),
        poker=poker,
        signals=signals,
        dispatcher=make_dispatcher(settings, database, redis, poker, store),
        consumer=make_update_consumer(settings, database, redis, poker),
        mail_sender=make_mail_sender(settings, database, redis, poker),
        attachment_keeper=make_attachment_keeper(store, database, redis, poker),
    )
