"""Faults of the auctions' code, each with the tests that have to catch it."""

from tests.billing.ledger.fault_list import Fault

HERE = "tests/search/auction"


def _in(module: str, *faults: tuple[str, str, str], tests: str) -> tuple[Fault, ...]:
    """Faults of one module: a name, the text, and what it becomes."""
    return tuple(
        Fault(name=name, module=f"search.auction.{module}", old=old, new=new, tests=(f"{HERE}/{tests}.py",))
        for name, old, new in faults
    )


PRICES = (
    *_in(
        "pricing",
        ("the step of a fen is not added", "// inputs.quality + inputs.step_minor", "// inputs.quality"),
        ("a price is not held to the own bid", "if forced > inputs.bid_minor:", "if False:"),
        ("a price is not held to the reserve", "if forced < inputs.reserve_minor:", "if False:"),
        (
            "without a next one the bid is paid",
            "return inputs.reserve_minor, PriceBranch.ALONE",
            "return inputs.bid_minor, PriceBranch.ALONE",
        ),
        ("VCG forgets the reserve", "* max(score, least)", "* score"),
        ("VCG counts whole places and not what they add", "(weight - below) * max", "weight * max"),
        tests="test_keyword",
    ),
    *_in(
        "pricing",
        ("VCG divides by all clicks of the page", "// (inputs.weights_ppm[0] *", "// (sum(inputs.weights_ppm) *"),
        tests="test_random_auctions",
    ),
    *_in(
        "keyword",
        ("scores that tie go to age at once", "-candidate.quality, candidate.created_us", "0, candidate.created_us"),
        (
            "a merchant's further ads count as rivals",
            "best.setdefault(entry[4].merchant, entry[4])",
            "best.setdefault(entry[4].ad, entry[4])",
        ),
        ("a bid at the reserve is refused", "candidate.bid_minor >= candidate", "candidate.bid_minor > candidate"),
        ("the least quality is not asked for", " and candidate.quality >= rules.least_quality", ""),
        ("the one after the next sets the price", "ranking[place : place + 1]", "ranking[place + 1 : place + 2]"),
        tests="test_keyword",
    ),
    *_in(
        "keyword",
        (
            "the best without a place is not stored",
            "candidates if keep_all else ranking[: terms.places + 1]",
            "candidates if keep_all else ranking[: terms.places]",
        ),
        tests="test_random_auctions",
    ),
    *_in(
        "records",
        ("names that nobody knows are read over", "record.keys() != kinds.keys()", "not kinds.keys() <= record.keys()"),
        tests="test_records",
    ),
    *_in(
        "records",
        ("true counts as one", "if type(value) is not kind:", "if not isinstance(value, kind):"),
        tests="test_records",
    ),
    *_in(
        "explaining",
        ("a wrong price is explained", "if not is_reproducible(price):", "if False:"),
        tests="test_explaining",
    ),
    *_in(
        "display",
        ("the display step is not added", "inputs.next_ecpm_minor + inputs.step_minor", "inputs.next_ecpm_minor"),
        ("a click costs more than its bid", "min(click.bid_minor, cpm_minor", "max(0, cpm_minor"),
        ("an eCPM above the own is paid", "min(inputs.ecpm_minor, max(", "max(0, max("),
        ("a view is billed beside the click", "DisplayPrice(cpm_minor, 0, _price", "DisplayPrice(cpm_minor, 1, _price"),
        tests="test_display",
    ),
    *_in(
        "lots",
        ("of equal bids the later one wins", "-bid.maximum_minor, bid.order", "-bid.maximum_minor, -bid.order"),
        ("the winner pays its maximum", "min(inputs.maximum_minor, max(", "max(inputs.maximum_minor, max("),
        ("the reserve is no floor of a lot", "max(inputs.reserve_minor, forced)", "forced"),
        ("what the winner held above the price stays", "if winner.maximum_minor > price_minor:", "if False:"),
        (
            "a raised bid holds its whole maximum again",
            ", bid.maximum_minor - before.maximum_minor",
            ", bid.maximum_minor",
        ),
        tests="test_lots",
    ),
)

BUDGETS = (
    *_in(
        "charging",
        ("the carry is not charged", "divmod(sum_micro + carry_in_micro,", "divmod(sum_micro,"),
        ("a lost carry is not seen", "charge.carry_in_micro != carry_micro", "False"),
        tests="test_charging",
    ),
    *_in(
        "leases",
        ("a lease is larger than the rest", "min(rest_micro, max(", "max(0, max("),
        ("what was billed comes back too", "return granted_micro - billed_micro", "return granted_micro"),
        (
            "a topped-up lease takes what is not there",
            "lacking_micro if lacking_micro <= rest_micro",
            "lacking_micro if True",
        ),
        (
            "the first cap alone is looked at",
            "rest_micro = min(cap.rest_micro for cap in caps)\n    size_micro",
            "rest_micro = caps[0].rest_micro\n    size_micro",
        ),
        tests="test_leases",
    ),
    *_in(
        "contracts.budgets",
        ("more is billed than was lent", "min(self.price_micro, self.lease_rest_micro)", "self.price_micro"),
        tests="test_leases",
    ),
    *_in(
        "pacing",
        ("the throttle does not look ahead", "LOOK_AHEAD_SECONDS = 600", "LOOK_AHEAD_SECONDS = 0"),
        ("campaigns are drawn together", 'f"{campaign}:{request}"', 'f"{request}"'),
        ("a silent minute opens the throttle", "or not requests or", "or"),
        ("a throttle moves at every request", "requests < MOVE_REQUESTS", "requests < 1"),
        tests="test_pacing",
    ),
    *_in(
        "frequency",
        ("held views are not counted", "counts[cap.window] + held >= cap.most", "counts[cap.window] >= cap.most"),
        ("days begin at midnight in Greenwich", "(at_us + day_offset_us) // length", "at_us // length"),
        tests="test_frequency",
    ),
)

SERVING = (
    *_in(
        "matching",
        ("a part of a fen is kept", "page_bps // (WHOLE_BPS * WHOLE_BPS)", "page_bps // (WHOLE_BPS * WHOLE_BPS) + 1"),
        (
            "a looser match than bought is taken",
            "found is None or _BY_TIGHTNESS",
            "found is None or 0 and _BY_TIGHTNESS",
        ),
        tests="test_matching",
    ),
    *_in(
        "eligibility",
        ("an empty lease takes part", "if lease_rest_micro <= 0", "if lease_rest_micro < 0"),
        ("the draw at the rate passes", "if draw_ppm >= pass_rate_ppm", "if draw_ppm > pass_rate_ppm"),
        tests="test_eligibility",
    ),
    *_in(
        "quality",
        ("places are not corrected for", "views * table[min(place, len(table) - 1)]", "views * table[0]"),
        ("rates are not smoothed", "(tally.hits * PPM + usual.rate_ppm * usual.strength)", "(tally.hits * PPM)"),
        (
            "ten is never shown",
            "-(-quality * SHOWN_STEPS // BEST_QUALITY)",
            "quality * SHOWN_STEPS // (BEST_QUALITY + 1)",
        ),
        tests="test_quality",
    ),
    *_in(
        "reserves",
        ("four merchants are enough", "LEAST_MERCHANTS = 5", "LEAST_MERCHANTS = 4"),
        ("a reserve jumps", "LARGEST_MOVE_BPS = 2_000", "LARGEST_MOVE_BPS = 2_500"),
        ("a reserve of few fen never moves", "LEAST_MOVE_MINOR = 1", "LEAST_MOVE_MINOR = 0"),
        ("a reserve of few fen jumps", "LEAST_MOVE_MINOR = 1", "LEAST_MOVE_MINOR = 2"),
        ("of equal reserves the highest is taken", "for value in values), -price)", "for value in values), price)"),
        tests="test_reserves",
    ),
    *_in(
        "forecast",
        ("a draw is won", "sum(score >= bid_minor * quality", "sum(score > bid_minor * quality"),
        tests="test_forecast",
    ),
)

AFTERWARDS = (
    *_in(
        "clicks",
        ("the ladder lets one more pass", "for at in earlier_us) >= most", "for at in earlier_us) > most"),
        ("a second click after two seconds is double", "last_click_us < DOUBLE_US", "last_click_us <= DOUBLE_US"),
        ("a second billed click a day passes", "BILLED_A_DAY = 1", "BILLED_A_DAY = 2"),
        tests="test_clicks",
    ),
    *_in(
        "late_clicks",
        ("chance is taken for fraud", "rules.unusual_deviations**2 * usual_ppm * PPM", "0"),
        ("any gaps are regular", "rules.regular_bps**2 * total", "WHOLE_BPS**2 * total"),
        tests="test_late_clicks",
    ),
    *_in(
        "attribution",
        ("the eighth day counts", "< WINDOW_US[touch.kind]", "<= WINDOW_US[touch.kind]"),
        ("clicks of other shops count", "and touch.shop == line.shop", ""),
        ("the middle gets as much as the ends", "[2 * (count - 2), *[1]", "[1 * (count - 2), *[1]"),
        tests="test_attribution",
    ),
)

TOKENS = (
    *_in(
        "ad_tokens",
        ("a signature is not looked at", "not hmac.compare_digest(_sign(begun, body), digest)", "len(digest) != 32"),
        ("half a signature is enough", "_sign(begun, body), digest)", "_sign(begun, body)[:2], digest[:2])"),
        ("one token has several texts", "if urlsafe_b64encode(signed) != text.encode():", "if False:"),
        ("a token lives a second too long", "if now_second >= shown", "if now_second > shown"),
        (
            "signatures are compared byte by byte",
            "not hmac.compare_digest(_sign(begun, body), digest)",
            "_sign(begun, body) != digest",
        ),
        ("the version is not looked at", "body[0] != VERSION or begun", "begun"),
        ("the last field is not signed", "_LABEL + body)", "_LABEL + body[:-8])"),
        tests="test_ad_tokens",
    ),
)

FAULTS = (*PRICES, *BUDGETS, *SERVING, *AFTERWARDS, *TOKENS)
