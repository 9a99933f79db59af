from datetime import datetime

from django.core.management import BaseCommand

from hook.worker import reprocess


class Command(BaseCommand):
    help = "Work on the calls of a time range again."

    def add_arguments(self, parser):
        parser.add_argument("start", type=datetime.fromisoformat, help="such as 2026-11-24T10:00")
        parser.add_argument("end", type=datetime.fromisoformat, help="such as 2026-11-24T12:00")

    def handle(self, start, end, **_):
        count = reprocess(start.astimezone(), end.astimezone())
        self.stdout.write(f"{count} calls are due again. The running worker works on them.")
