"""`python -m tests.faults.ledger_check FOLDER`: the books against what writers noted. Prints JSON; `findings` is empty.

What was acknowledged is there, what is there was asked for, and the accounts are what these transactions add up to:
nothing is missing and nothing is there twice.
"""

import json
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from django.db.models import Q, Sum  # noqa: E402
from django.utils import timezone  # noqa: E402

from billing.ledger.contracts import Side  # noqa: E402
from billing.ledger.models import Account, Entry, Hold, PostingRequest, Transaction  # noqa: E402
from billing.ledger.selectors import prove_ledger, verify_seals  # noqa: E402
from billing.ledger.services import post_pending, seal_ledger  # noqa: E402
from tests.faults.ledger_writers import list_postings, read_notes  # noqa: E402

Totals = Counter[tuple[str, str, str]]  # code, owner, side


class Check:
    """What was asked and answered, and what is wrong with the books."""

    def __init__(self, folder: Path) -> None:
        self.asked = {deed["key"]: deed for path in folder.glob("*.asked") for deed in read_notes(path)}
        self.answers = {line["key"]: line for path in folder.glob("*.answered") for line in read_notes(path)}
        self.findings = [line["failure"] for path in folder.glob("*.failures") for line in read_notes(path)]
        self.events = {one.key: one.event for deed in self.asked.values() for one in list_postings(deed)}
        self.done = {key for line in self.answers.values() for key in line.get("done", ())}

    def run(self) -> None:
        while post_pending(timezone.now() + timedelta(hours=1)):
            pass
        self.check_transactions()
        self.check_holds()
        self.check_requests()
        seal_ledger(now=timezone.now())
        self.findings += verify_seals().findings
        proof = prove_ledger()
        if not proof.sound:
            self.findings.append(str(proof))

    def check_transactions(self) -> None:
        posted = Entry.objects.filter(side=Side.DEBIT).values_list("transaction__key", "transaction__kind")
        found = {key: (kind, amount) for key, kind, amount in posted.annotate(amount=Sum("amount_minor"))}
        self.findings += [f"{key} was acknowledged and is missing" for key in sorted(self.done - set(found))]
        totals: Totals = Counter()
        for key, (kind, amount) in found.items():
            legs = self.list_legs(key)
            if not legs:
                self.findings.append(f"nobody asked for {key}")
            elif amount != sum(leg[3] for leg in legs if leg[2] == Side.DEBIT):
                self.findings.append(f"{key}, a {kind}, was posted with {amount}")
            for code, owner, side, part in legs:
                totals[code, owner, side] += part
        self.compare(totals)

    def list_legs(self, key: str) -> list[tuple[str, str, str, int]]:
        """What was asked under a key, as code, owner, side and amount."""
        if key in self.events:
            legs = self.events[key].legs()
            return [(leg.account.code, leg.account.owner.id, leg.side, leg.amount_minor) for leg in legs]
        deed = self.asked.get(key, {})
        if deed.get("do") != "reverse":
            return []
        return [(code, owner, Side(side).other, deed["amount"]) for code, owner, side, _ in self.list_legs(deed["of"])]

    def compare(self, totals: Totals) -> None:
        for row in Account.objects.all():
            expected = totals[row.code, row.owner_id, "D"], totals[row.code, row.owner_id, "C"]
            if expected != (row.posted_debits_minor, row.posted_credits_minor):
                self.findings.append(f"{row.code} {row.owner_id} should have {expected}")

    def check_holds(self) -> None:
        states = dict(Hold.objects.values_list("key", "state"))
        for key, deed in self.asked.items():
            answer = self.answers.get(key, {}).get("answer")
            if deed["do"] == "hold" and answer == "ok" and key not in states:
                self.findings.append(f"hold {key} was acknowledged and is missing")
            if deed["do"] == "void" and answer == "ok" and states[deed["hold"]] != "voided":
                self.findings.append(f"hold {deed['hold']} was given back and is {states[deed['hold']]}")
            if deed["do"] == "win" and answer == "ok" and states[deed["hold"]] != "closed":
                self.findings.append(f"hold {deed['hold']} was posted and is {states[deed['hold']]}")

    def check_requests(self) -> None:
        posted = dict(PostingRequest.objects.filter(~Q(transaction=None)).values_list("key", "transaction__key"))
        for key, deed in self.asked.items():
            if deed["do"] == "request" and self.answers.get(key, {}).get("answer") == "ok" and posted.get(key) != key:
                self.findings.append(f"{key} was requested and is not posted")

    def report(self) -> dict[str, Any]:
        """For a person and a test."""
        return {
            "findings": self.findings,
            "asked": len(self.asked),
            "acknowledged": sum(line["answer"] == "ok" for line in self.answers.values()),
            "refused": sum(line["answer"] == "refused" for line in self.answers.values()),
            "unsure": len(set(self.asked) - set(self.answers)),
            "transactions": Transaction.objects.count(),
            "seals": verify_seals().seals,
        }


def main() -> None:
    check = Check(Path(sys.argv[1]))
    check.run()
    print(json.dumps(check.report()))


if __name__ == "__main__":
    main()
