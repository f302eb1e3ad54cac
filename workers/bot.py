"""The bot process: `python -m workers.bot`."""

import asyncio
import signal

from complaints.logs import configure_logs
from workers.app import end_signs_of_life, give_signs_of_life, runtime, settings
from workers.telegram.bot.bot_process import BotProcess


async def serve() -> None:
    """Run the bot until SIGTERM or SIGINT."""
    now = runtime()
    process = BotProcess(now.settings, now.database, now.redis, now.poker)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, process.stop)
    await process.run()


def main() -> None:
    """Start, serve, and close what was opened."""
    configure_logs(settings)
    give_signs_of_life("bot")
    try:
        asyncio.run(serve())
    finally:
        end_signs_of_life()
        runtime().close()


if __name__ == "__main__":
    main()
