"""Imports as a merchant sees them: file, preview, job, reasons."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from market.jobs.services import run_job
from tests.merchant_portal.conftest import Merchant

GOOD = "handle,title_zh,sku,price,stock\nmug,青釉马克杯,MUG-1,60.00,12\ntea,明前龙井,TEA-1,free,3\n"


def upload(merchant: Merchant, content: bytes, name: str = "goods.csv"):
    return merchant.browser.post("/imports/", {"file": SimpleUploadedFile(name, content, "text/csv")})


def test_a_file_is_previewed_then_imported_with_reasons_row_by_row(merchant, settings, tmp_path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    preview = upload(merchant, GOOD.encode())["Location"]
    page = merchant.browser.get(preview)
    assert (page.context["preview"].product_count, page.context["preview"].error_count) == (1, 1)
    assert "青釉马克杯" in page.content.decode()
    job_path = merchant.browser.post(preview, {"on_sale": "1"})["Location"]
    waiting = merchant.browser.get(job_path)
    assert "hx-get" in waiting.content.decode()
    run_job(job_id=waiting.context["job"].job_id, clock=lambda: datetime.now(UTC))
    done = merchant.browser.get(job_path)
    text = done.content.decode()
    assert (done.context["created"], done.context["job"].error_count) == (1, 1)
    assert "hx-get" not in text
    assert "price" in text
    assert "free" in text
    part = merchant.browser.get(job_path, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="progress"')
    assert [item["row"].title.zh for item in merchant.browser.get("/products/?status=active").context["rows"]] == [
        "青釉马克杯"
    ]
    assert "goods.csv" in merchant.browser.get("/imports/").content.decode()


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00\x01\x02", b'handle,price\n"open,1\n'])
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(content, merchant, settings, tmp_path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    answer = upload(merchant, content)
    if answer.status_code == 302:  # it can be read, but holds nothing that could be taken: the preview says so
        page = merchant.browser.get(answer["Location"])
        assert page.context["preview"].product_count == 0
        return
    assert answer.status_code == 422
    assert answer.context["wrongs_list"][0][1]


def test_without_a_file_the_page_asks_for_one(merchant) -> None:
    answer = merchant.browser.post("/imports/", {})
    assert answer.status_code == 422
    assert "Choose a CSV file first" in answer.content.decode()


def test_another_shops_file_and_job_are_not_found(make_merchant, settings, tmp_path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    here, there = make_merchant("alpha"), make_merchant("beta")
    preview = upload(here, GOOD.encode())["Location"]
    job_path = here.browser.post(preview)["Location"]
    assert there.browser.get(preview).status_code == 404
    assert there.browser.post(preview).status_code == 404
    assert there.browser.get(job_path).status_code == 404
    assert there.browser.post(f"{job_path}stop/").status_code == 404
    assert "goods.csv" not in there.browser.get("/imports/").content.decode()


def test_an_import_can_be_stopped(merchant, settings, tmp_path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    job_path = merchant.browser.post(upload(merchant, GOOD.encode())["Location"])["Location"]
    assert "Stopped" in merchant.browser.post(f"{job_path}stop/", follow=True).content.decode()
    assert "It was over already" in merchant.browser.post(f"{job_path}stop/", follow=True).content.decode()


def test_the_template_is_a_file_that_can_be_imported(merchant, settings, tmp_path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    template = merchant.browser.get("/imports/template.csv")
    assert "attachment" in template["Content-Disposition"]
    assert upload(merchant, template.content).status_code in (302, 422)
