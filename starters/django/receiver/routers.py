class CallsRouter:
    """Keeps the model Call in a database of its own."""

    def db_for_read(self, model, **_):
        return "calls" if model.__name__ == "Call" else None

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, model_name=None, **_):
        return (db == "calls") == (model_name == "call")
