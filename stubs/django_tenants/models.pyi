from typing import Any

from django.db import models

class TenantMixin(models.Model):
    auto_drop_schema: bool
    auto_create_schema: bool
    schema_name: models.CharField[str, str]
    def save(self, verbosity: int = ..., *args: Any, **kwargs: Any) -> None: ...
    class Meta:
        abstract = True

class DomainMixin(models.Model):
    domain: models.CharField[str, str]
    tenant: Any
    is_primary: models.BooleanField[bool, bool]
    class Meta:
        abstract = True
