"""Reconciliation at the console: files uploaded, compared and shown; differences worked off by finance."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import find_transaction, get_balance
from billing.settlement.contracts.reconciling import FindingState, StatementKind
from billing.settlement.models.reconciling import ProviderStatement, StatementFetch
from billing.settlement.selectors.reconciling import list_findings, suspense_key
from billing.settlement.services import reconciling_files
from market.accounts.contracts import StaffRole
from market.audit.selectors import list_entries
from market.jobs.models import Job
from market.jobs.services import run_job
from tests.billing.settlement.reconciling.bills import fundflow_bill, moved, paid, trade_bill
from tests.billing.settlement.reconciling.conftest import DAY, FLOW, Day
from tests.console.conftest import settle

PAGES = ("", "findings/", "findings/?state=all&kind=extra&psp=wechatpay&shop=1", "upload/", "fetch/")
FINE = trade_bill([paid("SH1", 1_000, fee=6)])


@pytest.fixture
def bills(make_shop, settings, tmp_path) -> Day:
    """Two shops with a day's sales in the books."""
    settings.PRIVATE_ROOT = tmp_path
    settings.WECHATPAY = {**settings.WECHATPAY, "sp_mchid": "1900000001"}
    shop = make_shop("alpha")
    day = Day()
    day.pay("SH1", 1_000, 6, shop_id=shop.shop_id)
    day.split("SH1", 50, shop_id=shop.shop_id)
    return day


def upload(staff, content: bytes, *, which: str = "wechatpay:trade", day: str = DAY.isoformat()):
    file = SimpleUploadedFile("bill.csv", content)
    return staff.client.post("/reconciliation/upload/", {"which": which, "day": day, "file": file}, follow=True)


def test_every_page_has_a_next_step_while_nothing_is_compared(enter) -> None:
    staff = enter(StaffRole.FINANCE)
    for path in PAGES:
        for language in ("en", "zh-hans"):
            answer = staff.get(f"/reconciliation/{path}", language=language)
            assert answer.status_code == 200, path
    page = staff.get("/reconciliation/").content.decode()
    assert "No file is compared yet" in page and "/reconciliation/upload/" in page


def test_an_uploaded_file_is_compared_and_shown(bills: Day, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    page = upload(staff, FINE).content.decode()
    assert "Compared: 1 of 1 lines match." in page and "Every line agrees with our books." in page
    run_path = re.search(r"/reconciliation/runs/\d+/", staff.get("/reconciliation/").content.decode()).group()
    assert "Trade bill" in staff.get(run_path).content.decode()
    line = list_entries(action="statement.uploaded")[0]
    assert line.actor_id == staff.user_id and line.target_id == f"wechatpay/trade/{DAY}"
    statement = ProviderStatement.objects.get()
    file = staff.client.get(f"/reconciliation/files/{statement.pk}/file/")
    assert file.status_code == 200 and "attachment" in file["Content-Disposition"]
    assert staff.client.get(f"/reconciliation/files/{statement.pk}/").url == run_path
    assert enter(StaffRole.SUPPORT).client.get(f"/reconciliation/files/{statement.pk}/file/").status_code == 403


WRONG = {
    "not a bill": (b"hello", {}, "This column is missing"),
    "totals": (
        trade_bill([paid("SH1", 1_000)], 订单总金额="9.99"),
        {},
        "The total says 9.99, the lines come to 10.00.",
    ),
    "another day": (
        FINE,
        {"day": "2026-11-20"},
        "Row 2, column 交易时间: The line is of 2026-11-21, not of 2026-11-20",
    ),
    "another merchant": (
        trade_bill([paid("SH1", 1_000, 商户号="1")]),
        {},
        "The file is of another merchant number: 1.",
    ),
    "encoding": (FINE.decode().removeprefix("\ufeff").encode("gb18030"), {}, "This is not UTF-8 text."),
    "empty": (b"", {}, "The file is empty."),
    "a day that is not over": (FINE, {"day": (timezone.now() + timedelta(days=2)).date().isoformat()}, "not over"),
    "no statement": (FINE, {"which": "wechatpay:balance"}, "Select a valid choice"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_upload_says_what_is_wrong_and_keeps_nothing(bills: Day, enter, wrong: str) -> None:
    content, options, sentence = WRONG[wrong]
    answer = upload(enter(StaffRole.FINANCE), content, **options)
    assert answer.status_code == 422 and sentence in answer.content.decode().replace("&#x27;", "'")
    assert not ProviderStatement.objects.exists() and not list_entries(action="statement.uploaded")


def test_a_difference_of_our_own_money_goes_into_suspense_and_is_cleared(bills: Day, enter, committed_db) -> None:
    staff = enter(StaffRole.FINANCE)
    content = fundflow_bill([moved("SH1-split", 50), moved("X1", 250, kind="充值")])
    page = upload(staff, content, which="wechatpay:fundflow").content.decode()
    assert "1 difference is open" in page and "Unknown to us" in page
    (finding,) = list_findings()
    path = f"/reconciliation/findings/{finding.finding_id}/"
    assert "/decide/" in staff.get(path).content.decode()
    refused = staff.post(f"{path}decide/", deed="suspend", reason="")
    assert refused.status_code == 422 and "Enter the reason" in refused.content.decode()
    staff.post(f"{path}decide/", deed="suspend", reason="Asked WeChat Pay")
    settle(timezone.now())
    posted = find_transaction(suspense_key(finding.finding_id, 1))
    page = staff.get(path).content.decode()
    assert f"T-{posted.transaction_id}" in page and "Asked WeChat Pay" in page and "In suspense" in page
    assert get_balance(code=Code.SUSPENSE, owner=Owner.of_psp("wechatpay")).posted_minor == -250
    found = staff.client.get("/find", {"q": posted.subject})
    assert found.url == path
    staff.post(f"{path}decide/", exit="reversal", reason="Taken back")
    settle(timezone.now())
    assert get_balance(code=Code.SUSPENSE, owner=Owner.of_psp("wechatpay")).posted_minor == 0
    assert list_findings()[0].state is FindingState.CLEARED
    again = staff.client.post(f"{path}decide/", {"exit": "reversal", "reason": "x"}, follow=True)
    assert "decided already" in again.content.decode()
    assert [line.action for line in list_entries() if line.action.startswith("finding.")] == [
        "finding.cleared",
        "finding.suspended",
    ]


def test_a_shops_money_cannot_be_suspended_but_is_explained(bills: Day, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    upload(staff, trade_bill([paid("SH1", 1_500, fee=6)]))
    (finding,) = list_findings()
    path = f"/reconciliation/findings/{finding.finding_id}/"
    page = staff.get(f"{path}decide/").content.decode()
    assert "money in custody" in page and 'value="suspend"' not in page
    assert staff.post(f"{path}decide/", deed="suspend", reason="x").status_code == 422
    staff.post(f"{path}decide/", deed="explain", reason="A test of the provider's")
    assert list_findings()[0].state is FindingState.EXPLAINED
    assert "Nothing to work off" in staff.get("/reconciliation/findings/").content.decode()
    assert "SH1" in staff.get("/reconciliation/findings/", state="explained").content.decode()


def test_what_a_rule_decided_is_said_in_words(bills: Day, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    upload(staff, fundflow_bill([moved("SH1-split", 51)]), which="wechatpay:fundflow")
    upload(staff, trade_bill([]))
    upload(staff, FINE)
    sentences = {"rounded.": "Within the tolerance of one fen", "file of": f"the file of {DAY}."}
    pages = [staff.get(f"/reconciliation/findings/{row.finding_id}/").content.decode() for row in list_findings()]
    assert len(pages) == 2 and all(f in "".join(pages) for f in sentences.values())
    assert all("By itself" in page for page in pages)


def test_only_finance_decides_and_only_after_a_recent_proof(bills: Day, enter) -> None:
    upload(enter(StaffRole.FINANCE), trade_bill([]))
    (finding,) = list_findings()
    path = f"/reconciliation/findings/{finding.finding_id}/"
    support = enter(StaffRole.SUPPORT)
    page = support.get(path).content.decode()
    assert "Finance and admins decide" in page and "/decide/" not in page
    for address in (f"{path}decide/", "/reconciliation/upload/", "/reconciliation/fetch/"):
        assert support.client.post(address, {}).status_code == 403
    stale = enter(StaffRole.FINANCE, proved_at=timezone.now() - timedelta(hours=1))
    assert stale.client.post(f"{path}decide/", {"deed": "explain", "reason": "x"}).status_code == 302
    assert list_findings()[0].state is FindingState.OPEN


def test_a_day_is_asked_for_once_more(bills: Day, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    day = (timezone.now() - timedelta(days=2)).date()
    page = staff.client.post(
        "/reconciliation/fetch/", {"which": "wechatpay:trade", "day": day.isoformat()}, follow=True
    )
    assert "It is fetched within a minute" in page.content.decode() and "Still to be fetched" in page.content.decode()
    row = StatementFetch.objects.get()
    assert (row.psp, row.kind, row.day, row.done_at) == ("wechatpay", StatementKind.TRADE.value, day, None)
    old = (timezone.now() - timedelta(days=120)).date().isoformat()
    refused = staff.post("/reconciliation/fetch/", which="wechatpay:trade", day=old)
    assert refused.status_code == 422 and "three months" in refused.content.decode()


def test_a_large_file_shows_its_progress_and_a_refused_one_its_reason(bills: Day, enter, monkeypatch) -> None:
    monkeypatch.setattr(reconciling_files, "SMALL_BYTES", 10)
    staff = enter(StaffRole.FINANCE)
    page = upload(staff, FINE).content.decode()
    assert "loaded in the background" in page and "hx-get" in page
    run_job(job_id=Job.objects.get().pk, clock=timezone.now)
    statement = ProviderStatement.objects.get()
    assert staff.client.get(f"/reconciliation/files/{statement.pk}/").status_code == 302
    assert "settlement.statement" in staff.get("/jobs/").content.decode()
    upload(staff, trade_bill([paid("SH9", 5)], 总交易单数="4"))
    run_job(job_id=Job.objects.latest("pk").pk, clock=timezone.now)
    refused = ProviderStatement.objects.latest("pk")
    page = staff.get(f"/reconciliation/files/{refused.pk}/").content.decode()
    assert "The total says 4, the lines come to 1." in page and "Nothing of the file is loaded." in page
    # Its day is compared by the file in force, so the list asks nobody to look at this one.
    assert "The total says 4" not in staff.get("/reconciliation/").content.decode()


def test_a_refused_file_stands_in_the_list_while_its_day_has_no_other(bills: Day, enter, monkeypatch) -> None:
    monkeypatch.setattr(reconciling_files, "SMALL_BYTES", 10)
    staff = enter(StaffRole.FINANCE)
    upload(staff, trade_bill([paid("SH9", 5)], 总交易单数="4"))
    run_job(job_id=Job.objects.get().pk, clock=timezone.now)
    assert "The total says 4" in staff.get("/reconciliation/").content.decode()


def test_filters_and_numbers_that_are_not_there_are_not_found(bills: Day, enter) -> None:
    staff = enter()
    for path in (
        "runs/99/",
        "findings/99/",
        "files/99/",
        "findings/?state=odd",
        "findings/?kind=odd",
        "findings/?after=x",
    ):
        assert staff.client.get(f"/reconciliation/{path}").status_code == 404, path
    upload(staff, fundflow_bill([moved(f"X{n}", 5, kind="充值") for n in range(60)]), which="wechatpay:fundflow")
    page = staff.get("/reconciliation/findings/").content.decode()
    assert page.count("/reconciliation/findings/") >= 50 and "after=" in page
    assert FLOW.value in {row.kind for row in ProviderStatement.objects.all()}
