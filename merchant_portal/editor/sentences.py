"""What the catalogue refuses, in words and with the field it means."""

from django.utils.translation import get_language, gettext

from merchant_portal.editor.drafting import Drafted, Wrong
from merchant_portal.editor.entries import ProductEntry
from tenants.catalog.contracts import DraftProblem
from tenants.catalog.words import describe

_CELLS = {
    "price_minor": "price",
    "compare_at_minor": "was",
    "cost_minor": "cost",
    "weight_grams": "weight",
    "sku": "sku",
    "barcode": "barcode",
    "picture_index": "picture",
    "choices": "on",
}


def say_problem(problem: DraftProblem, entry: ProductEntry, drafted: Drafted) -> Wrong:
    """A link and a sentence; a problem of a cell is noted at its row too."""
    sentence = describe(problem.code, problem.params, field=problem.field)
    parts = problem.field.split(".")
    place = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
    if parts[0] == "variants" and len(parts) > 1:
        number = drafted.rows[place] if place < len(drafted.rows) else 0
        cell = _CELLS.get(parts[-1], "sku")
        row = entry.variants[number]
        row.wrongs[cell] = sentence
        label = row.label.en or row.label.zh if (get_language() or "").startswith("en") else row.label.zh
        return f"#v-{number}-{cell}", f"{label}: {sentence}" if label else sentence
    if parts[0] == "options" and len(parts) > 1:
        position = entry.used_options[place] if place < len(entry.used_options) else 0
        return f"#o-{position}-name_zh", f"{gettext('Options')}: {sentence}"
    if parts[0] == "pictures" and len(parts) > 1:
        return f"#i-{place}-alt_zh", f"{gettext('Picture')} {place + 1}: {sentence}"
    if parts[0] == "parameters" and len(parts) > 1:
        number = drafted.parameters[place] if place < len(drafted.parameters) else 0
        return f"#p-{number}-value_zh", f"{gettext('Parameters')}: {sentence}"
    return f"#{parts[0]}", f"{_name_field(parts[0])}: {sentence}"


def _name_field(name: str) -> str:
    return {
        "title_zh": gettext("Title"),
        "title_en": gettext("Title in English"),
        "subtitle_zh": gettext("Subtitle"),
        "subtitle_en": gettext("Subtitle in English"),
        "body_html_zh": gettext("Description"),
        "body_html_en": gettext("Description in English"),
        "category_id": gettext("Category"),
        "brand": gettext("Brand"),
        "tags": gettext("Tags"),
        "handle": gettext("Short name in the address"),
        "private_notes": gettext("Private notes"),
        "variants": gettext("Variants"),
        "options": gettext("Options"),
        "pictures": gettext("Pictures"),
        "parameters": gettext("Parameters"),
    }.get(name, name)
