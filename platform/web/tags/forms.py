"""Tags for forms: fields with their sentences, and the list of what is wrong."""

from typing import Any  # Any: template contexts and template arguments are open by nature

from django import template
from django.forms import BoundField

from web.fields import FieldView, list_wrongs, view_field

register = template.Library()
PARTS = "web/parts/"


@register.inclusion_tag(PARTS + "field.html")
def field(
    bound: BoundField, *, hint: str = "", whole: bool = False, prefix: str = "", suffix: str = "", **attributes: object
) -> dict[str, Any]:
    """A field of a form: label above, the sentence at the field. More keywords become attributes of the input."""
    view: FieldView = view_field(bound, hint=hint, attributes={k.replace("_", "-"): v for k, v in attributes.items()})
    return {"field": view, "whole": whole, "prefix": prefix, "suffix": suffix}


@register.inclusion_tag(PARTS + "wrongs.html")
def wrongs(form: Any) -> dict[str, Any]:  # Any: a form, a formset or a list of pairs
    """The list of links above a form that could not be saved; nothing when all is well."""
    return {"wrongs": list_wrongs(form)}
