"""What the catalogue refuses, in words and with the field it means."""

from django.utils.translation import get_language, gettext

from merchant_portal.editor.drafting import Drafted, Wrong
from merchant_portal.editor.entries import ProductEntry
from tenants.catalog.contracts import DraftProblem

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
    sentence = _say(problem)
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


def _say(problem: DraftProblem) -> str:
    sentences = {
        "required": gettext("This is needed."),
        "too_long": gettext("%(length)s characters are too many; at most %(limit)s fit."),
        "too_many": gettext("%(count)s are too many; at most %(limit)s fit."),
        "duplicate": gettext("“%(value)s” stands there twice."),
        "taken": gettext("“%(value)s” belongs to another product already."),
        "out_of_range": gettext("The number is out of range."),
        "price_missing": gettext("A product on sale needs a price above 0."),
        "compare_not_above_price": gettext("The struck price must be above the price."),
        "unknown_variant": gettext("This variant is not there any more. Reload the page."),
        "unknown_picture": gettext("This picture is not there any more. Take another one."),
        "unknown_category": gettext("This category is not there any more. Choose another one."),
        "unknown_choice": gettext("The table does not fit the options. Press “Update the table”."),
        "wrong_length": gettext("The table does not fit the options. Press “Update the table”."),
    }
    sentence = sentences.get(problem.code, gettext("It cannot be saved like this."))
    return sentence % problem.params if "%(" in sentence else sentence


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
