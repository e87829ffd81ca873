"""Form fields made ready for the part that draws them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any  # Any: widget attributes are open by nature

from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Widget,
)
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class FieldView:
    """A drawn field. `kind`: hidden, tick (one box), many (radio buttons or boxes), plain."""

    kind: str
    id: str
    label: str
    control: SafeString
    choices: tuple[Any, ...]
    hint: str
    errors: tuple[str, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """One sentence of the error summary and the field it leads to, with the field's name where the form knows it."""

    href: str
    sentence: str
    label: str = ""


def _kind(bound: BoundField) -> str:
    widget: Widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "many"
    return "tick" if isinstance(widget, CheckboxInput) else "plain"


def _css(bound: BoundField, kind: str) -> str:
    widget: Widget = bound.field.widget
    own = widget.attrs.get("class", "")
    if own:
        return str(own)
    if kind in ("tick", "many"):
        return "tick"
    return "select" if isinstance(widget, Select) else "input"


def _choices(bound: BoundField, attrs: Mapping[str, object]) -> tuple[BoundWidget, ...]:
    """Each radio button or box on its own, with our attributes (bound.subwidgets would leave them out)."""
    data = bound.field.widget.subwidgets(bound.html_name, bound.value(), attrs={"id": bound.auto_id, **attrs})
    return tuple(BoundWidget(bound.field.widget, one, bound.form.renderer) for one in data)


def view_field(bound: BoundField, *, hint: str, attributes: Mapping[str, object]) -> FieldView:
    """Draw the widget with our classes, its state as aria attributes and its sentences described by id."""
    kind = _kind(bound)
    hint = hint or str(bound.help_text or "")
    errors = tuple(str(error) for error in bound.errors)
    described = [f"{bound.auto_id}_{part}" for part, there in (("hint", hint), ("wrong", errors)) if there]
    attrs: dict[str, Any] = {"class": _css(bound, kind), **attributes}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if errors:
        attrs["aria-invalid"] = "true"
    return FieldView(
        kind=kind,
        id=bound.id_for_label or str(bound.auto_id),
        label=str(bound.label),
        control=bound.as_widget(attrs=attrs),
        choices=_choices(bound, attrs) if kind == "many" else (),
        hint=hint,
        errors=errors,
        required=bound.field.required,
    )


def list_wrongs(form: BaseForm | Iterable[tuple[str, str]]) -> list[Wrong]:
    """Every sentence of a form with the place it belongs to; pairs of (href, sentence) pass."""
    if not isinstance(form, BaseForm):
        return [Wrong(href, sentence) for href, sentence in form]
    wrongs = [Wrong("", str(error)) for error in form.non_field_errors()]
    for bound in form:
        wrongs += [_lead_to(bound, str(error)) for error in bound.errors]
    return wrongs


def _lead_to(bound: BoundField, sentence: str) -> Wrong:
    """Nobody can be led to a hidden field."""
    if bound.is_hidden:
        return Wrong("", sentence)
    return Wrong(f"#{bound.id_for_label or bound.auto_id}", sentence, str(bound.label or ""))
