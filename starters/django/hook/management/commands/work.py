from django.core.management import BaseCommand

from hook.worker import work


class Command(BaseCommand):
    help = "Work on the stored calls, beside a server such as gunicorn."

    def handle(self, **_):
        work()
