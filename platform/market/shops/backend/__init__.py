"""The database backend that enters and leaves shops; named in settings.DATABASES."""
