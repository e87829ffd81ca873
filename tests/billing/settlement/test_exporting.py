"""Files of a shop's money: the same rows in every format, harmless cells, long ones as a job."""

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from openpyxl import load_workbook

from billing.ledger.contracts import Code
from billing.ledger.contracts.shop_books import EntryFilter
from billing.ledger.rules import AdTopUpFromSales, EscrowReleased, EscrowShare, PaymentCaptured
from billing.settlement.contracts import Span
from billing.settlement.exporting import files
from billing.settlement.exporting.files import (
    EXPORT_KIND,
    EntryExport,
    TooManyRows,
    count_rows,
    start_entry_export,
    stream_entries,
)
from billing.settlement.exporting.papers import describe_statement
from billing.settlement.exporting.sheets import FileFormat, find_writer, make_harmless, plain_figure
from billing.settlement.rules.statements import period_at
from billing.settlement.services.statements import make_statement
from billing.settlement.words import local_day
from market.jobs.contracts import JobState
from market.jobs.selectors import get_job
from market.jobs.services import run_job
from market.media.models import MediaFile
from market.media.selectors import read_document
from market.media.services import remove_documents, store_document
from tests.billing.settlement.books import post_all
from web.messages import compile_all

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 18, tzinfo=ZONE)
SHOP = 71


def sell(number: int, now: datetime, total: int = 12_000) -> None:
    share_no = f"S-{number}"
    post_all(
        PaymentCaptured(
            psp="stripe", reference=f"PAY-{number}", cash_minor=total, shares=(EscrowShare(SHOP, share_no, total),)
        ),
        EscrowReleased(
            shop_id=SHOP, share_no=share_no, amount_minor=total, commission_minor=600, commission_vat_minor=34
        ),
        now=now,
    )


def export(file_format: FileFormat = FileFormat.CSV, language: str = "en", **wanted) -> EntryExport:
    return EntryExport(SHOP, "=甲铺", "CNY", EntryFilter(**wanted), file_format, language)


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_looks_like_a_formula_is_made_harmless(cell):
    assert make_harmless(cell).startswith("'")


def test_control_characters_never_reach_a_file():
    assert make_harmless("a\x00b\x0bc\td") == "a b c d"


def test_figures_are_exact():
    assert [plain_figure(amount, "CNY") for amount in (0, 5, -5, 123_456, -100)] == [
        "0.00",
        "0.05",
        "-0.05",
        "1234.56",
        "-1.00",
    ]
    assert plain_figure(-1_234, "JPY") == "-1234"


def test_csv_has_every_entry_of_the_filter_newest_first(db):
    for number in range(3):
        sell(number, NOW + timedelta(hours=number))
    post_all(AdTopUpFromSales(shop_id=SHOP, reference="=TOP", amount_minor=300), now=NOW + timedelta(days=1))
    rows = read_csv(b"".join(stream_entries(export(codes=(Code.PAYABLE,)), now=NOW)))
    assert rows[0][:2] == ["When", "Movement"]
    assert [row[2] for row in rows[1:]] == ["'=TOP", "S-2", "S-1", "S-0"]
    assert [row[4:7] for row in rows[1:]] == [
        ["", "3.00", "339.00"],
        ["114.00", "", "342.00"],
        ["114.00", "", "228.00"],
        ["114.00", "", "114.00"],
    ]
    assert rows[-1][0] == "2026-11-22 18:00:00"
    only = read_csv(b"".join(stream_entries(export(subject="S-1"), now=NOW)))
    assert [row[2] for row in only[1:]] == ["S-1"]
    early = read_csv(b"".join(stream_entries(export(until=NOW + timedelta(hours=1)), now=NOW)))
    assert [row[2] for row in early[1:]] == ["S-0"]


def test_xlsx_holds_numbers_and_no_formula(db):
    sell(1, NOW)
    post_all(AdTopUpFromSales(shop_id=SHOP, reference="=1+1", amount_minor=333), now=NOW + timedelta(hours=1))
    content = b"".join(stream_entries(export(FileFormat.XLSX, codes=(Code.PAYABLE,)), now=NOW))
    sheet = load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(min_row=2))
    assert [cell.data_type for row in rows for cell in row].count("f") == 0
    assert rows[0][2].value == "'=1+1"
    assert (rows[0][5].value, rows[1][4].value, rows[0][6].value) == (3.33, 114, 110.67)
    assert rows[1][4].number_format == "#,##0.00"


def test_pdf_embeds_its_fonts_and_turns_pages(db):
    compile_all()
    with translation.override("zh-hans"):
        for number in range(60):
            sell(number, NOW + timedelta(minutes=number))
    content = b"".join(stream_entries(export(FileFormat.PDF, "zh-hans"), now=NOW))
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 2
    assert content.count(b"/FontFile2") >= 2  # Latin and Chinese, both inside
    assert b"/BaseFont /AAAAAA+DroidSansFallback" in content


def test_words_are_those_of_the_exports_language_whenever_it_is_read(db):
    compile_all()
    sell(1, NOW)
    pieces = stream_entries(export(language="zh-hans", codes=(Code.PAYABLE,)), now=NOW)
    with translation.override("en"):
        rows = read_csv(b"".join(pieces))
    assert rows[0][0] == "时间"
    assert rows[1][3] == "余额"


def test_a_long_file_is_a_job_that_goes_on_after_its_last_chunk(committed_db, clock, monkeypatch):
    monkeypatch.setattr(files, "CHUNK", 4)
    for number in range(11):
        sell(number, NOW + timedelta(hours=number))
    wanted = export(codes=(Code.PAYABLE,))
    job_id = start_entry_export(export=wanted, created_by=1, now=clock.now)
    assert get_job(job_id=job_id, shop_id=SHOP).kind == EXPORT_KIND
    seen = []
    while not run_job(job_id=job_id, clock=lambda: datetime.now(UTC), seconds=0):
        job = get_job(job_id=job_id, shop_id=SHOP)
        seen.append(job.done)
    job = get_job(job_id=job_id, shop_id=SHOP)
    assert (job.state, job.error, seen) == (JobState.DONE, "", [4, 8, 11])
    content = read_document(media_id=job.result["media_id"], shop_id=SHOP)
    assert read_csv(content) == read_csv(b"".join(stream_entries(wanted, now=clock.now)))
    assert MediaFile.objects.filter(shop_id=SHOP).count() == 1  # what was put aside is gone


def test_a_file_without_rows_is_a_file_with_heads(committed_db, clock):
    job_id = start_entry_export(export=export(subject="nothing"), created_by=1, now=clock.now)
    assert run_job(job_id=job_id, clock=lambda: datetime.now(UTC))
    job = get_job(job_id=job_id, shop_id=SHOP)
    rows = read_csv(read_document(media_id=job.result["media_id"], shop_id=SHOP))
    assert (job.state, len(rows)) == (JobState.DONE, 1)


def test_more_than_fits_is_refused_before_it_is_begun(db, clock, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", dict.fromkeys(FileFormat, 2))
    for number in range(3):
        sell(number, NOW)
    with pytest.raises(TooManyRows):
        start_entry_export(export=export(codes=(Code.PAYABLE,)), created_by=1, now=clock.now)
    assert count_rows(export(codes=(Code.PAYABLE,)), most=2) == 3


def test_a_job_keeps_the_whole_filter():
    wanted = export(
        FileFormat.PDF,
        codes=(Code.PAYABLE,),
        kinds=("escrow_released",),
        subject="S-1",
        since=NOW,
        until=NOW + timedelta(days=1),
        versions=(3, 9),
    )
    assert EntryExport.of_params(wanted.to_params()) == wanted


def test_a_shop_can_only_have_its_own_files_removed(db, clock):
    media_id = store_document(shop_id=SHOP, content=b"words", file_name="a.csv", content_type="text/csv", now=clock.now)
    assert remove_documents(media_ids=[media_id], shop_id=SHOP + 1) == 0
    assert read_document(media_id=media_id, shop_id=SHOP) == b"words"
    assert remove_documents(media_ids=[media_id], shop_id=SHOP) == 1


def test_a_statement_on_paper_says_what_the_statement_says(db):
    for number in range(3):
        sell(number, NOW - timedelta(days=40))
    period = period_at(Span.MONTH, NOW - timedelta(days=40), ZONE)
    statement = make_statement(shop_id=SHOP, currency="CNY", period=period, now=NOW)
    with translation.override("en"):
        paper = describe_statement(statement, shop_name="甲铺")
    overview = paper.sections[0]
    assert list(overview.rows) == [["Balance", 0, 34_200, 34_200]]
    assert overview.last == ["Yours in all", 0, 34_200, 34_200]
    assert list(paper.sections[1].rows) == [["Order released, less commission", "3", 34_200, None, 34_200]]
    content = b"".join(find_writer(FileFormat.PDF)(describe_statement(statement, shop_name="甲铺")))
    assert content.startswith(b"%PDF-") and f"/CreationDate (D:{local_day(NOW):%Y%m%d})".encode() in content
