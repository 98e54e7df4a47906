"""The policy document as numbers, read with the standard TOML reader and exact integers."""
import datetime
import tomllib
from decimal import Decimal
from zoneinfo import ZoneInfo

ONE = 1_000_000
KINDS = ["like", "favorite", "comment", "share", "follow"]
# Minor digits that are not 2, by ISO 4217.
DIGITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
LEDGER_DIGITS = 4


def ppm(text):
    """A ratio as millionths; None stays None."""
    return None if text is None else int(Decimal(text) * ONE)


class Policy:
    """One version of a program: what the judges need of it."""

    def __init__(self, text):
        self.document = document = tomllib.loads(text)
        self.program = document["program"]
        self.effective = document["effective"]
        self.asset = document["asset"]
        self.zone = ZoneInfo(document["day"]["zone"])
        self.views = {
            "minimum_watch_ms": 0,
            "length_unknown": "use_time",
            "per_viewer_work_day": 1,
            "self_views": "exclude",
            "paid_traffic": "exclude",
            **document.get("views", {}),
        }
        self.abnormal = document.get("abnormal", {})
        self.score = document.get("score", {})
        self.interactions = {"count": "per_viewer", "on": "qualifying_view",
                             **self.score.get("interactions", {})}
        self.tiers = self.score.get("viewer_tiers", [])
        others = self.score.get("other_viewers", "1")
        self.tier_weights = [ppm(tier["weight"]) for tier in self.tiers] + [ppm(others)]
        weights = self.interactions.get("weights", {})
        self.interaction_weights = [ppm(weights.get(kind, "0")) for kind in KINDS]
        self.interaction_cap = ppm(self.interactions.get("cap_share"))
        self.ends = document.get("catalogue", {}).get("ends")
        reward = document.get("reward", {})
        self.unit = 10**LEDGER_DIGITS if reward.get("settle_to") == "minor" else 1
        self.pool = self.units(reward.get("pool_per_day"))
        self.rate = self.units(reward.get("rate_per_thousand"))
        limits = document.get("limits", {})
        self.floor = self.units(limits.get("floor_per_creator_day"))
        self.cap = self.units(limits.get("cap_per_creator_day"))
        self.budget = self.units(limits.get("monthly_budget"))
        self.below_floor = limits.get("below_floor", "forfeit")
        self.above_cap = limits.get("above_cap", "forfeit")
        self.budget_used_up = limits.get("budget_used_up", "scale")

    def units(self, text):
        """An amount in ledger units, exactly."""
        if text is None:
            return None
        return int(Decimal(text).scaleb(DIGITS.get(self.asset, 2) + LEDGER_DIGITS))

    def carries(self):
        """Whether amounts move from one day to the next."""
        floor = self.floor is not None and self.below_floor == "carry"
        return floor or (self.cap is not None and self.above_cap == "carry")

    def start_us(self, day):
        """The first instant of a day, in microseconds since 1970 UTC."""
        midnight = datetime.datetime.fromisoformat(day).replace(tzinfo=self.zone)
        # A midnight that the clocks skip is the instant of the change; one that comes twice, the
        # first: both are what fold=0 means.
        since = midnight - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return since // datetime.timedelta(microseconds=1)


def next_day(day):
    """The day after a day, as text."""
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()
