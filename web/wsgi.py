"""What gunicorn serves: `web.wsgi:app`."""

import sys

from complaints.errors import SettingsError
from complaints.logs import configure_logs
from complaints.settings import load_settings
from web.app import create_app

try:
    settings = load_settings()
except SettingsError as error:
    sys.exit(f"redress: {error}")

configure_logs(settings)
app = create_app(settings)
