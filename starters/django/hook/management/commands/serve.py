import os
import sys
import threading

from django.core.management import BaseCommand, call_command
from django.core.servers import basehttp
from django.core.wsgi import get_wsgi_application

from hook.worker import work


class Command(BaseCommand):
    help = "Migrate, serve with Django's own server, and work on the stored calls."

    def handle(self, **_):
        for database in ("default", "calls"):
            call_command("migrate", database=database, verbosity=0)
        sys.setswitchinterval(0.0005)  # calls do not wait for the worker's turn to end
        threading.Thread(target=work, daemon=True).start()
        host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "3000"))
        self.stdout.write(f"Listening on http://{host}:{port}/webhooks/netcore")
        basehttp.run(host, port, get_wsgi_application(), threading=True)
