"""An ad's quality in words: one to ten, and the three parts that make it."""

from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from search.serving.contracts import QualityPart, QualityView

WHOLE_PPM = 1_000_000
_ALIKE_PPM = 30_000
_USUAL_RELEVANCE_PPM = 600_000


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A line of the explanation. `tone` is "good", "bad" or ""."""

    name: str
    value: str
    verdict: str
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownQuality:
    """What a merchant sees: `shown` of ten, the parts, and what the experience is made of."""

    shown: int
    parts: tuple[ShownPart, ...]
    experience: tuple[ShownPart, ...]


def show_quality(view: QualityView, *, has_words: bool) -> ShownQuality:
    """The three parts that are multiplied, and the rates behind the third."""
    relevance = (
        gettext("How much of your words the product is called by.")
        if has_words
        else gettext("On pages of its own category; elsewhere less.")
    )
    return ShownQuality(
        shown=view.shown,
        parts=(
            _compare(gettext("Expected click rate"), view.click),
            ShownPart(
                gettext("Relevance"),
                print_share(view.relevance_ppm),
                *_judge(view.relevance_ppm, _USUAL_RELEVANCE_PPM),
                relevance,
            ),
            ShownPart(
                gettext("Buying experience"),
                f"× {view.experience_ppm / WHOLE_PPM:.2f}",
                *_judge(view.experience_ppm, WHOLE_PPM),
                gettext("1.00 is usual in your category; 0.50 to 1.50."),
            ),
        ),
        experience=(
            _compare(gettext("Clicks that lead to an order"), view.conversion),
            _compare(gettext("Orders that go back"), view.refund, less_is_better=True),
            _compare(gettext("Sent within 48 hours"), view.on_time),
        ),
    )


def print_share(rate_ppm: int) -> str:
    """A rate as per cent; two decimals only where they tell something."""
    return f"{rate_ppm / 10_000:.2f}%" if rate_ppm < 100_000 else f"{rate_ppm / 10_000:.0f}%"


def _compare(name: str, part: QualityPart, *, less_is_better: bool = False) -> ShownPart:
    usual = gettext("usual: %(rate)s") % {"rate": print_share(part.usual_ppm)}
    goodness_ppm = 2 * part.usual_ppm - part.rate_ppm if less_is_better else part.rate_ppm
    verdict, tone = _judge(goodness_ppm, part.usual_ppm)
    return ShownPart(name, print_share(part.rate_ppm), verdict, tone, f"{usual} · {_say_counted(part)}")


def _judge(value_ppm: int, usual_ppm: int) -> tuple[str, str]:
    """Within three per cent of the usual is as usual."""
    if abs(value_ppm - usual_ppm) * WHOLE_PPM <= _ALIKE_PPM * usual_ppm:
        return pgettext("quality", "as usual"), ""
    if value_ppm > usual_ppm:
        return pgettext("quality", "better"), "good"
    return pgettext("quality", "worse"), "bad"


def _say_counted(part: QualityPart) -> str:
    """Few figures of its own: the usual rate stands in for them."""
    if not part.tally.trials:
        return gettext("nothing counted in 28 days")
    counted = {"hits": f"{part.tally.hits:,}", "trials": f"{part.tally.trials:,}"}
    return gettext("%(hits)s of %(trials)s in 28 days") % counted
