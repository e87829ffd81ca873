"""Files become goods with stock; the same file again changes nothing; a killed import goes on where it was."""

import io
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from PIL import Image

from market.jobs import selectors as jobs
from market.jobs.contracts import JobState, Severity
from market.jobs.services import run_job
from market.media.fetch import Fetched, FetchRefused
from market.outbox.models import Event
from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import forget_tree, get_tree
from market.taxonomy.services import load_taxonomy
from tenants.catalog.contracts import ProductFilter, ProductStatus, Text
from tenants.catalog.imports import FileRefused
from tenants.catalog.selectors import count_by_status, list_product_drafts, list_product_ids, list_products
from tenants.catalog.services import update_product
from tenants.inventory import selectors, services
from tenants.inventory.contracts import StockCount, Wanted
from tenants.inventory.imports import export_products, start_import
from tenants.inventory.imports import pictures as picture_fetching

OURS = """handle,title_zh,title_en,category,status,option1_name,option1_value,sku,price,stock,picture_urls
mug,青釉马克杯,Celadon mug,马克杯,active,颜色|Colour,青|Celadon,M-1,60.00,5,https://pictures.example/a.png
mug,,,,,,蓝|Blue,M-2,62.5,0,
lamp,台灯,,灯具照明 > 台灯,,,,L-1,128,3,
"""


@pytest.fixture(autouse=True)
def folders(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    forget_tree()
    yield
    forget_tree()


@pytest.fixture
def internet(monkeypatch):
    """The pictures that can be had; everything else cannot."""
    asked, pages = [], {}

    def fetch(url, *, limits):
        asked.append(url)
        if url not in pages:
            raise FetchRefused("not_reachable", url)
        return Fetched(pages[url], "image/png", url)

    monkeypatch.setattr(picture_fetching, "fetch", fetch)
    fetch.asked, fetch.pages = asked, pages
    return fetch


def photo(colour="red"):
    target = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(target, "PNG")
    return target.getvalue()


def bring(shop, clock, content, **options):
    content = content.encode() if isinstance(content, str) else content
    job_id = start_import(shop=shop, content=content, file_name="goods.csv", created_by=5, now=clock.now, **options)
    while not run_job(job_id=job_id, clock=lambda: clock.now, seconds=60):
        clock.move(minutes=2)
    return jobs.get_job(job_id=job_id, shop_id=shop.shop_id)


def issues(job):
    return [
        (issue.row, issue.column, issue.code)
        for _, issue in jobs.list_issues(job_id=job.job_id, shop_id=job.shop_id, limit=2000)
    ]


def drafts(shop):
    with transaction.atomic(), enter_shop(shop):
        return {edited.draft.handle: edited for edited in list_product_drafts(list_product_ids(limit=5000))}


def availability(shop):
    with transaction.atomic(), enter_shop(shop):
        ids = [v.variant_id for e in list_product_drafts(list_product_ids(limit=5000)) for v in e.draft.variants]
        return list(selectors.get_availability(ids).values())


def events():
    return Event.objects.exclude(kind="job.queued").count()


def test_our_own_file_becomes_goods_with_stock_and_pictures(shop_a, clock, internet):
    load_taxonomy()
    internet.pages["https://pictures.example/a.png"] = photo()
    job = bring(shop_a, clock, OURS)
    assert (job.state, job.done, job.total, job.percent) == (JobState.DONE, 2, 2, 100)
    assert job.result == {"created": 2, "updated": 0, "unchanged": 0, "refused": 0}
    assert issues(job) == []
    mug, lamp = drafts(shop_a)["mug"], drafts(shop_a)["lamp"]
    assert mug.draft.title == Text("青釉马克杯", "Celadon mug")
    assert [v.price_minor for v in mug.draft.variants] == [6000, 6250]
    assert mug.draft.options[0].values == (Text("青", "Celadon"), Text("蓝", "Blue"))
    assert mug.draft.pictures[0].source_url == "https://pictures.example/a.png" and mug.pictures[0].url
    assert get_tree().find(mug.draft.category_id).slug == "mugs"
    assert get_tree().find(lamp.draft.category_id).slug == "desk-lamps"
    assert (mug.draft.status, lamp.draft.status) == (ProductStatus.ACTIVE, ProductStatus.DRAFT)
    assert availability(shop_a) == [5, 0, 3]


def test_the_same_file_again_changes_nothing_not_even_what_was_sold_or_edited_since(shop_a, clock, internet):
    internet.pages["https://pictures.example/a.png"] = photo()
    bring(shop_a, clock, OURS.replace("马克杯,active", ",active").replace("灯具照明 > 台灯", ""))
    mug = drafts(shop_a)["mug"]
    with transaction.atomic(), enter_shop(shop_a):
        services.hold_stock(
            hold_key="k", wanted=[Wanted(mug.draft.variants[0].variant_id, 2)], expires_at=None, now=clock.now
        )
        services.consume_holds(hold_key="k", now=clock.now)
        edited = replace(mug.draft, title=Text("新名字"))
        update_product(product_id=mug.product_id, draft=edited, now=clock.now)
    before, sold, told = drafts(shop_a), availability(shop_a), events()
    job = bring(shop_a, clock, OURS.replace("马克杯,active", ",active").replace("灯具照明 > 台灯", ""))
    assert job.result == {"created": 0, "updated": 0, "unchanged": 2, "refused": 0}
    assert (drafts(shop_a), availability(shop_a), events()) == (before, sold, told)
    assert len(internet.asked) == 1


def test_a_changed_file_updates_what_it_names_and_keeps_the_rest(shop_a, clock, internet):
    bring(shop_a, clock, OURS)
    mug = drafts(shop_a)["mug"]
    with transaction.atomic(), enter_shop(shop_a):
        variants = (replace(mug.draft.variants[0], cost_minor=1234), mug.draft.variants[1])
        noted = replace(mug.draft, private_notes="mine", variants=variants)
        update_product(product_id=mug.product_id, draft=noted, now=clock.now)
    job = bring(shop_a, clock, OURS.replace("60.00,5", "66.00,9").replace("lamp,台灯", "lamp,落地灯"))
    assert job.result["updated"] == 2
    after = drafts(shop_a)["mug"].draft
    assert [v.variant_id for v in after.variants] == [v.variant_id for v in mug.draft.variants]
    assert (after.variants[0].price_minor, after.variants[0].cost_minor, after.private_notes) == (6600, 1234, "mine")
    assert availability(shop_a) == [9, 0, 3]


def test_pictures_that_cannot_be_had_are_said_and_tried_again_next_time(shop_a, clock, internet):
    job = bring(shop_a, clock, OURS)
    assert (2, "picture_urls", "picture_lost") in issues(job)
    assert job.warning_count == 3 and job.error_count == 0  # two categories that nobody loaded, one picture
    assert drafts(shop_a)["mug"].draft.pictures == ()
    internet.pages["https://pictures.example/a.png"] = photo()
    assert bring(shop_a, clock, OURS).result["updated"] == 1
    assert len(drafts(shop_a)["mug"].draft.pictures) == 1
    assert bring(shop_a, clock, OURS).result["unchanged"] == 2


def test_a_host_that_fails_three_times_is_not_asked_again(shop_a, clock, internet):
    rows = "".join(f"p{n},名{n},1,https://dead.example/{n}.png\n" for n in range(6))
    job = bring(shop_a, clock, "handle,title_zh,price,picture_urls\n" + rows)
    assert len(internet.asked) == 3
    assert job.result["created"] == 6 and job.warning_count == 6


def test_bad_rows_are_named_and_the_good_ones_kept(shop_a, clock, internet):
    content = (
        "handle,title_zh,option1_name,option1_value,sku,price,stock\n"
        "good,好,,,G,10,1\n"
        ",无名,,,,,\n"
        "bad-price,坏,,,B,ten,1\n"
        "no-title,,,,N,10,1\n"
        "two,双,色,青,T1,10,1\n"
        "two,,,青,T2,10,1\n"
        "minus,负,,,M,10,-3\n"
        "taken,占,,,G,10,1\n"
        "free,送,,,F,0,1\n"
    )
    job = bring(shop_a, clock, content, default_status=ProductStatus.ACTIVE)
    assert set(issues(job)) == {
        (3, "price", "required"),
        (4, "price", "amount_not_a_number"),
        (5, "title_zh", "required"),
        (7, "option1_value", "row_repeats_variant"),
        (8, "stock", "number_negative"),
        (9, "sku", "taken"),
        (10, "price", "price_missing_kept_as_draft"),
    }
    assert set(drafts(shop_a)) == {"good", "minus", "free"}
    assert drafts(shop_a)["free"].draft.status is ProductStatus.DRAFT
    assert (job.result["created"], job.result["refused"]) == (3, 1)
    assert (job.error_count, job.warning_count) == (5, 2)


def test_a_count_below_what_buyers_hold_is_said_and_the_stock_left(shop_a, clock, internet):
    content = "handle,title_zh,price,stock\na,杯,10,5\n"
    bring(shop_a, clock, content)
    variant = drafts(shop_a)["a"].draft.variants[0]
    with transaction.atomic(), enter_shop(shop_a):
        services.hold_stock(hold_key="k", wanted=[Wanted(variant.variant_id, 4)], expires_at=None, now=clock.now)
    job = bring(shop_a, clock, content.replace("10,5", "11,2"))
    assert issues(job) == [(2, "stock", "stock_below_held")]
    assert drafts(shop_a)["a"].draft.variants[0].price_minor == 1100
    assert availability(shop_a) == [1]


def test_an_export_comes_back_as_it_was(shop_a, shop_b, clock, internet):
    load_taxonomy()
    internet.pages["https://pictures.example/a.png"] = photo()
    bring(shop_a, clock, OURS)
    mug = drafts(shop_a)["mug"]
    with transaction.atomic(), enter_shop(shop_a):
        awkward = replace(
            mug.draft,
            title=Text("=1+1", "a|b"),
            tags=("a,b", "-c", "'d"),
            private_notes="@x\nline|two=3",
            parameters=(),
        )
        update_product(product_id=mug.product_id, draft=awkward, now=clock.now)
        near = services.add_warehouse(code="near", name="近仓", priority=1)
        services.count_stock(counts=[StockCount(mug.draft.variants[0].variant_id, 4, near)], now=clock.now)
    before, stock = drafts(shop_a), availability(shop_a)
    content = "".join(export_products(shop=shop_a))
    assert "\n=1" not in content and ",=1" not in content
    bring(shop_a, clock, content)
    after = drafts(shop_a)
    assert {h: e.draft for h, e in after.items()} == {h: e.draft for h, e in before.items()}
    assert availability(shop_a) == stock
    bring(shop_b, clock, content)
    assert [v.sku for e in drafts(shop_b).values() for v in e.draft.variants] == ["M-1", "M-2", "L-1"]
    assert sorted(availability(shop_b)) == sorted(stock)


def test_another_shop_sees_neither_the_job_nor_its_file_nor_its_goods(shop_a, shop_b, clock, internet):
    job = bring(shop_a, clock, OURS)
    with pytest.raises(jobs.NoSuchJob):
        jobs.get_job(job_id=job.job_id, shop_id=shop_b.shop_id)
    assert jobs.list_issues(job_id=job.job_id, shop_id=shop_b.shop_id) == []
    assert jobs.list_jobs(shop_id=shop_b.shop_id) == []
    assert drafts(shop_b) == {} and "".join(export_products(shop=shop_b)).count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xfe", b"a,b\n1,2\n", b"\n\n\n"])
def test_a_file_of_which_nothing_can_be_read_is_refused_at_once(shop_a, clock, content):
    with pytest.raises(FileRefused):
        start_import(shop=shop_a, content=content, file_name="x.csv", created_by=1, now=clock.now)
    assert jobs.list_jobs(shop_id=shop_a.shop_id) == []


@pytest.mark.parametrize("name", ["apparel", "home-and-garden"])
def test_the_sample_files_of_shopify_import_and_again_change_nothing(shop_a, clock, internet, sample_data, name):
    load_taxonomy()
    content = (sample_data / "shopify" / f"{name}.csv").read_bytes()
    job = bring(shop_a, clock, content)
    assert (job.state, job.error_count, job.result["created"]) == (JobState.DONE, 0, 20)
    found = {issue.code for _, issue in jobs.list_issues(job_id=job.job_id, shop_id=shop_a.shop_id)}
    assert found == {"picture_lost"}
    with transaction.atomic(), enter_shop(shop_a):
        assert count_by_status()[ProductStatus.ACTIVE] == 20
        assert len(list_products(where=ProductFilter(words="shirt"), limit=50).rows) >= (name == "apparel")
    before = (drafts(shop_a), availability(shop_a), events())
    assert bring(shop_a, clock, content).result["unchanged"] == 20
    assert (drafts(shop_a), availability(shop_a), events()) == before
    if name == "home-and-garden":
        copper = drafts(shop_a)["copper-light"].draft.variants[0]
        assert (copper.price_minor, copper.compare_at_minor) == (5999, 7500)


def test_the_sample_goods_list_imports_with_categories_and_stock(shop_a, clock, internet, sample_data):
    load_taxonomy()
    content = (sample_data / "newbee" / "goods.csv").read_bytes()
    job = bring(shop_a, clock, content, default_status=ProductStatus.ACTIVE)
    assert (job.state, job.error_count, job.done) == (JobState.DONE, 0, 575)
    assert job.result["created"] == 575
    slugs = {get_tree().find(e.draft.category_id).slug for e in drafts(shop_a).values() if e.draft.category_id}
    assert slugs == {"mobile-phones", "lipstick", "small-appliances"}
    assert bring(shop_a, clock, content).result["unchanged"] == 575
    assert all(
        issue.severity is Severity.WARNING for _, issue in jobs.list_issues(job_id=job.job_id, shop_id=shop_a.shop_id)
    )


def test_an_import_killed_in_the_middle_goes_on_without_doubles(committed_db, shop_a, clock, tmp_path):
    rows = "".join(f"p{n},名字{n},S{n},{n + 1},{n}\n" for n in range(140))
    content = ("handle,title_zh,sku,price,stock\n" + rows).encode()
    job_id = start_import(shop=shop_a, content=content, file_name="g.csv", created_by=1, now=clock.now)
    program = (
        "import sys, django\n"
        "from django.conf import settings\n"
        "django.setup()\n"
        "from pathlib import Path\n"
        "from django.utils import timezone\n"
        "settings.PRIVATE_ROOT = Path(sys.argv[2])\n"
        "from market.jobs.services import run_job\n"
        "run_job(job_id=int(sys.argv[1]), clock=timezone.now, seconds=60)\n"
    )
    environment = {
        **committed_db.environment,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    kills = 0
    for _ in range(6):
        before = jobs.get_job(job_id=job_id, shop_id=shop_a.shop_id)
        if before.is_over:
            break
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(job_id), str(tmp_path / "private")], env=environment
        )
        until = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < until:
            if jobs.get_job(job_id=job_id, shop_id=shop_a.shop_id).done >= before.done + 20 and kills < 2:
                time.sleep(0.03 * kills)
                process.send_signal(signal.SIGKILL)
                kills += process.wait() == -signal.SIGKILL
            time.sleep(0.02)
        process.kill()
        process.wait()
        _expire_lease(job_id)
    job = jobs.get_job(job_id=job_id, shop_id=shop_a.shop_id)
    assert (job.state, job.done, job.result["created"]) == (JobState.DONE, 140, 140)
    assert kills == 2
    assert len(drafts(shop_a)) == 140
    assert availability(shop_a) == list(range(140))
    assert Event.objects.filter(kind="product.changed").count() == 140


def _expire_lease(job_id):
    from market.jobs.models import Job

    for job in Job.objects.filter(pk=job_id, leased_until__isnull=False):
        job.leased_until -= timedelta(hours=1)
        job.save(update_fields=["leased_until"])
