from django.apps import AppConfig
from django.db.backends.signals import connection_created


class HookConfig(AppConfig):
    name = "hook"

    def ready(self):
        connection_created.connect(set_up_sqlite)


def set_up_sqlite(connection, **_):
    """Full: what is answered 200 also survives a power failure."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("pragma journal_mode = wal")
            cursor.execute("pragma synchronous = full")
