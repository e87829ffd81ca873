"""A checked body as the draft that services take."""

from typing import Any  # Any: what a serializer has read

from tenants.catalog.contracts import (
    OptionDraft,
    ParameterValue,
    PictureDraft,
    ProductDraft,
    ProductStatus,
    Text,
    VariantDraft,
)


def make_draft(asked: dict[str, Any]) -> ProductDraft:
    """The draft of a `ProductInput`."""
    return ProductDraft(
        title=_text(asked["title"]),
        subtitle=_text(asked.get("subtitle")),
        body_html=_text(asked.get("body_html")),
        category_id=asked["category_id"],
        brand=asked["brand"],
        tags=tuple(asked.get("tags", ())),
        parameters=tuple(
            ParameterValue(_text(line["name"]), _text(line["value"])) for line in asked.get("parameters", ())
        ),
        options=tuple(
            OptionDraft(_text(option["name"]), tuple(_text(value) for value in option["values"]))
            for option in asked.get("options", ())
        ),
        variants=tuple(
            VariantDraft(**{**variant, "choices": tuple(variant.get("choices", ()))}) for variant in asked["variants"]
        ),
        pictures=tuple(
            PictureDraft(**{**picture, "alt": _text(picture.get("alt"))}) for picture in asked.get("pictures", ())
        ),
        status=ProductStatus(asked["status"]),
        handle=asked["handle"],
        private_notes=asked["private_notes"],
    )


def _text(asked: dict[str, str] | None) -> Text:
    return Text(**asked) if asked else Text()
