"""How fast suggestions answer, by the length of what is typed, and how fast listings are counted.

`python -m tests.bench.suggest` prints the rows: phrases as so many listings have (JISHI_BENCH_LISTINGS, 20,000), one to
seven listings, with weights as few sought and many unsought phrases have them. What is typed begins a key of a phrase
drawn at random; guesses have one wrong letter. Counters: answers that a look at every key contradicts.
"""

import os
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import django
from django.db import connection

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from market.shops.contracts import Epochs  # noqa: E402
from search.listings.contracts.changes import ListingNames  # noqa: E402
from search.suggestions.contracts import Kind  # noqa: E402
from search.suggestions.models import Phrase, PhraseKey  # noqa: E402
from search.suggestions.rules.phrases import tell_language  # noqa: E402
from search.suggestions.rules.typing import list_probes  # noqa: E402
from search.suggestions.rules.weights import weigh  # noqa: E402
from search.suggestions.selectors import suggest  # noqa: E402
from search.suggestions.services.counting import count_listings  # noqa: E402
from search.suggestions.services.recounting import make_keys  # noqa: E402
from tenants.catalog.contracts import Text  # noqa: E402
from tests.bench.contracts import BenchRow  # noqa: E402
from tests.bench.fresh import fresh_database  # noqa: E402

LISTINGS = int(os.environ.get("JISHI_BENCH_LISTINGS", "20000"))
PHRASES_EACH = 7  # one phrase to so many listings: 143,000 of a million
QUESTIONS = 600
CHECKED = 60
COUNTED = 2_000
LENGTHS = (1, 2, 3, 5, 8)
EPOCHS = Epochs(0, 0, 0)
_COMMON = bytes(range(0xB0, 0xD8))  # the first level of GB 2312 begins with these


def rows() -> list[BenchRow]:
    """Every row, on a fresh database."""
    with fresh_database(as_owner=True, purpose="suggest"):
        return measure_suggestions(LISTINGS)


def measure_suggestions(listings: int, *, name: str = "suggest") -> list[BenchRow]:
    """Fill the present database with the phrases of so many listings and ask."""
    chance = random.Random(7)
    words = list(_invent_words(chance))
    load_phrases(words, max(500, listings // PHRASES_EACH), chance)
    keys = list(PhraseKey.objects.order_by("pk").values_list("typed", flat=True))
    measured = [BenchRow(f"{name}: phrases", float(Phrase.objects.count()), "phrases")]
    for length in LENGTHS:
        typed = [key[:length] for key in chance.sample([key for key in keys if len(key) >= length], QUESTIONS // 2)]
        measured += _time(f"{name}: {length} typed", typed)
    measured += _time(f"{name}: one letter wrong", [_spoil(key, chance) for key in chance.sample(keys, QUESTIONS // 2)])
    checked = [key[: chance.choice(LENGTHS)] for key in chance.sample(keys, CHECKED)]
    held = list(PhraseKey.objects.values_list("phrase__text", "typed", "language", "weight"))
    wrong = {"wrong answers": sum(_is_wrong(typed, held) for typed in checked)}
    looked_up = BenchRow(f"{name}: answers looked up one by one", CHECKED, "answers", counters=wrong)
    return [*measured, looked_up, _time_counting(name, words, chance)]


def load_phrases(words: Sequence[str], count: int, chance: random.Random) -> None:
    """So many shown phrases with their keys."""
    texts: dict[str, None] = {}
    while len(texts) < count:
        joint = "" if chance.random() < 0.6 else " "
        pool = words[: len(words) // 2] if joint == "" else words[len(words) // 2 :]
        texts[joint.join(chance.sample(pool, chance.choice((1, 2, 2, 3))))[:40]] = None
    made = [
        Phrase(
            key=f"w:{text}",
            kind=Kind.WORDS.value,
            text=text,
            language=tell_language(text),
            listings=2,
            weight=weigh(Kind.WORDS, listings=2, sold=int(chance.paretovariate(0.7))),
            is_shown=True,
        )
        for text in texts
    ]
    Phrase.objects.bulk_create(made, batch_size=5_000, ignore_conflicts=True)
    for start in range(0, count, 5_000):
        make_keys(Phrase.objects.filter(key__in=[phrase.key for phrase in made[start : start + 5_000]]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE suggestions_phrase")
        cursor.execute("ANALYZE suggestions_phrasekey")


def _invent_words(chance: random.Random) -> Iterator[str]:
    """Three thousand Chinese words of two common characters, and as many English ones."""
    signs = [bytes((high, low)).decode("gb2312", "ignore") for high in _COMMON for low in range(0xA1, 0xFF)]
    common = [sign for sign in signs if sign]
    for _ in range(3_000):
        yield "".join(chance.sample(common, 2))
    for _ in range(3_000):
        yield "".join(chance.choice("bcdfglmnprst") + chance.choice("aeiou") for _ in range(chance.choice((2, 3, 4))))


def _time(name: str, typed: Sequence[str]) -> list[BenchRow]:
    for one in typed[:20]:
        suggest(one, language="zh", epochs=EPOCHS)
    taken = []
    for one in typed:
        began = time.perf_counter()
        suggest(one, language="zh", epochs=EPOCHS)
        taken.append((time.perf_counter() - began) * 1000)
    p99 = statistics.quantiles(taken, n=100)[98]
    return [BenchRow(f"{name}, p50", statistics.median(taken), "ms"), BenchRow(f"{name}, p99", p99, "ms")]


def _is_wrong(typed: str, held: Sequence[tuple[str, str, str, int]]) -> bool:
    """Whether a heavier phrase of a shown one's language was left out, or one shown that begins otherwise."""
    shown = suggest(typed, language="zh", epochs=EPOCHS)
    begins = tuple(list_probes(typed))
    weights = {(text, language): weight for text, key, language, weight in held if key.startswith(begins)}
    ordered = sorted(weights, key=lambda one: (one[1] == "en", -weights[one]))[: len(shown)]
    expected = [(language == "en", weights[(text, language)]) for text, language in ordered]
    found = [
        (language == "en", weights.get((one.text, language), -1))
        for one in shown
        for language in [tell_language(one.text)]
    ]
    return expected != found or len(shown) != min(10, len(weights))


def _spoil(key: str, chance: random.Random) -> str:
    """With one other letter; keys that are not letters stay as they are."""
    place = chance.randrange(len(key))
    return key[:place] + chance.choice("aeiounst") + key[place + 1 :] if key.isascii() else key


def _time_counting(name: str, words: Sequence[str], chance: random.Random) -> BenchRow:
    """New listings a second, each with a Chinese and an English title and a brand, of some hundred words."""
    words = [*words[:150], *words[-150:]]
    half = len(words) // 2
    names = [
        ListingNames(
            number,
            1,
            number % 40 + 1,
            Text("".join(chance.sample(words[:half], 3)), " ".join(chance.sample(words[half:], 3))),
            words[half + number % 100],
            (),
            number % 9,
        )
        for number in range(1, COUNTED + 1)
    ]
    began = time.perf_counter()
    for start in range(0, COUNTED, 500):
        count_listings({one.listing_id: one for one in names[start : start + 500]})
    rate = COUNTED / (time.perf_counter() - began)
    return BenchRow(f"{name}: new listings counted", rate, "listings/s")


if __name__ == "__main__":
    print(datetime.now(UTC).isoformat(timespec="seconds"))
    for row in rows():
        print(f"{row.name:50} {row.value:12.2f} {row.unit:12} {dict(row.counters) or ''}")
