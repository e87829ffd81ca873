"""What crosses the border of the auctions: plain values, frozen."""

from search.auction.contracts.attribution import (
    CountedRevenue,
    Credit,
    Model,
    OrderLine,
    Refund,
    Scope,
    Touch,
    TouchKind,
)
from search.auction.contracts.budgets import Bill, Cap, CapKind, HourCharge, Lease, WalletShare
from search.auction.contracts.clicks import ClickFacts, ClickGroup, InvalidReason, InvalidRules, TokenState
from search.auction.contracts.display import (
    ClickBid,
    DisplayAward,
    DisplayCandidate,
    DisplayDecision,
    DisplayPrice,
    DisplayPriceInputs,
)
from search.auction.contracts.explaining import PriceStep, PriceStepKind
from search.auction.contracts.forecast import Forecast, PastAuction
from search.auction.contracts.frequency import FrequencyCap, SeenCount, Window
from search.auction.contracts.holdout import Arm, Lift
from search.auction.contracts.keyword import (
    AuctionRules,
    Award,
    BadCandidate,
    BadRules,
    Candidate,
    Decision,
    MechanismName,
    PlaceWeights,
    Price,
    PriceBranch,
    PriceInputs,
    Terms,
)
from search.auction.contracts.lots import LotBid, LotDelivery, LotPriceInputs, LotResult
from search.auction.contracts.pacing import Pace, PacePlan, PaceState, TrafficCurve
from search.auction.contracts.quality import CategoryUsual, Quality, QualityFacts, QualityRules, Tally, Usual
from search.auction.contracts.reserves import KeywordBid
from search.auction.contracts.serving import ALL_HOURS, AdFacts, Keyword, MatchType, Refusal, VisitFacts
from search.auction.contracts.tokens import KeyRing, ShownAd, TokenKind

__all__ = [
    "ALL_HOURS",
    "AdFacts",
    "Arm",
    "AuctionRules",
    "Award",
    "BadCandidate",
    "BadRules",
    "Bill",
    "Candidate",
    "Cap",
    "CapKind",
    "CategoryUsual",
    "ClickBid",
    "ClickFacts",
    "ClickGroup",
    "CountedRevenue",
    "Credit",
    "Decision",
    "DisplayAward",
    "DisplayCandidate",
    "DisplayDecision",
    "DisplayPrice",
    "DisplayPriceInputs",
    "Forecast",
    "FrequencyCap",
    "HourCharge",
    "InvalidReason",
    "InvalidRules",
    "KeyRing",
    "Keyword",
    "KeywordBid",
    "Lease",
    "Lift",
    "LotBid",
    "LotDelivery",
    "LotPriceInputs",
    "LotResult",
    "MatchType",
    "MechanismName",
    "Model",
    "OrderLine",
    "Pace",
    "PacePlan",
    "PaceState",
    "PastAuction",
    "PlaceWeights",
    "Price",
    "PriceBranch",
    "PriceInputs",
    "PriceStep",
    "PriceStepKind",
    "Quality",
    "QualityFacts",
    "QualityRules",
    "Refund",
    "Refusal",
    "Scope",
    "SeenCount",
    "ShownAd",
    "Tally",
    "Terms",
    "TokenKind",
    "TokenState",
    "Touch",
    "TouchKind",
    "TrafficCurve",
    "Usual",
    "VisitFacts",
    "WalletShare",
    "Window",
]
