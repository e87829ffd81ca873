"""What a shop says when it sends a parcel or gives money back, read out of the form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext

from merchant_portal.frame import read_number
from merchant_portal.orders.page import CARRIERS
from tenants.orders.contracts import SELF_DELIVERY, OrderLine

OTHER = "other"
_TRACKING = re.compile(r"[A-Za-z0-9-]{4,40}")


@dataclass(frozen=True, slots=True)
class ShipForm:
    """The fields as typed, and what is wrong with them: (link to the field, sentence)."""

    carrier: str = CARRIERS[0]
    other: str = ""
    tracking_number: str = ""
    pieces: tuple[tuple[int, str], ...] = ()
    wrongs: tuple[tuple[str, str], ...] = ()

    @property
    def sent_by(self) -> str:
        return self.other if self.carrier == OTHER else self.carrier

    @property
    def contents(self) -> list[tuple[int, int]]:
        return [(line_id, int(text)) for line_id, text in self.pieces if text.isdigit() and int(text) > 0]

    @property
    def typed(self) -> dict[int, str]:
        return dict(self.pieces)


def start_ship_form(lines: Sequence[OrderLine]) -> ShipForm:
    """Everything that is still to be sent, in one parcel."""
    return ShipForm(pieces=tuple((line.line_id, str(line.quantity - line.shipped_quantity)) for line in lines))


def read_ship_form(data: QueryDict, lines: Sequence[OrderLine]) -> ShipForm:
    """The form as sent, with every sentence that is to be said about it."""
    carrier = data.get("carrier", "")
    carrier = carrier if carrier in (*CARRIERS, SELF_DELIVERY, OTHER) else CARRIERS[0]
    form = ShipForm(
        carrier=carrier,
        other=data.get("other", "").strip()[:40],
        tracking_number=data.get("tracking_number", "").strip().replace(" ", "")[:60],
        pieces=tuple((line.line_id, data.get(f"pieces-{line.line_id}", "").strip()[:9]) for line in lines),
    )
    return ShipForm(form.carrier, form.other, form.tracking_number, form.pieces, tuple(_find_wrongs(form, lines)))


def _find_wrongs(form: ShipForm, lines: Sequence[OrderLine]) -> list[tuple[str, str]]:
    wrongs = []
    if form.carrier == OTHER and not form.other:
        wrongs.append(("#other", gettext("Enter which carrier takes the parcel.")))
    if form.carrier != SELF_DELIVERY and not _TRACKING.fullmatch(form.tracking_number):
        sentence = gettext("Enter the parcel's number: 4 to 40 letters, digits and hyphens, as on the label.")
        wrongs.append(("#tracking_number", sentence))
    for line in lines:
        left, text = line.quantity - line.shipped_quantity, form.typed[line.line_id]
        if text and (not text.isascii() or not text.isdigit() or read_number(text, 9) > left):
            sentence = gettext("Of this line 0 to %(left)s pieces can go into the parcel.") % {"left": left}
            wrongs.append((f"#pieces-{line.line_id}", sentence))
    if not wrongs and not form.contents:
        wrongs.append(("#pieces", gettext("Put at least one piece into the parcel.")))
    return wrongs
