"""Files are written once, whole, below their shop's folder; private ones are read by their own shop only."""

import io

import pytest
from PIL import Image

from market.media import selectors, services
from market.media.models import MediaFile
from market.media.pictures import BadPicture
from market.media.places import private_path, public_path
from market.shops.tenancy import ShopKey


@pytest.fixture(autouse=True)
def folders(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    return tmp_path


def photo(colour="red", size=(400, 300)):
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "PNG")
    return target.getvalue()


def store(clock, shop_id=7, content=None):
    return services.store_picture(shop_id=shop_id, content=content or photo(), file_name="a.png", now=clock.now)


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_picture_is_stored_with_addresses_that_lead_to_its_files(db, clock, folders):
    media_id = store(clock)
    picture = selectors.list_pictures(media_ids=[media_id], shop_id=7)[media_id]
    assert (picture.width, picture.height) == (400, 300)
    assert set(picture.renditions) == {"320.avif", "320.webp", "400.avif", "400.webp"}
    for url in picture.renditions.values():
        assert url.startswith(f"/media/{ShopKey(7, ('x',))}"[:-1])
        assert public_path(url.removeprefix("/media/")).stat().st_size > 0
    assert picture.url == picture.renditions["400.webp"]


def test_the_same_content_twice_is_one_row_and_one_set_of_files(db, clock, folders):
    first = store(clock)
    before = files(folders)
    assert store(clock) == first
    assert files(folders) == before and MediaFile.objects.count() == 1


def test_lost_files_are_made_again(db, clock, folders):
    media_id = store(clock)
    picture = selectors.list_pictures(media_ids=[media_id], shop_id=7)[media_id]
    path = public_path(picture.url.removeprefix("/media/"))
    path.unlink()
    assert store(clock) == media_id and path.exists()


def test_two_shops_with_the_same_picture_share_nothing(db, clock):
    first, second = store(clock, shop_id=7), store(clock, shop_id=8)
    assert first != second
    assert selectors.list_pictures(media_ids=[first, second], shop_id=8).keys() == {second}
    assert selectors.list_pictures_of_shops(owners={first: 7, second: 8}).keys() == {first, second}
    assert selectors.list_pictures_of_shops(owners={first: 8, second: 8}).keys() == {second}
    assert selectors.find_picture_by_content(sha256="0" * 64, shop_id=8) is None


def test_a_bad_picture_leaves_neither_row_nor_file(db, clock, folders):
    with pytest.raises(BadPicture):
        store(clock, content=b"no picture")
    assert MediaFile.objects.count() == 0 and files(folders) == []


def test_an_upload_may_not_be_svg_but_our_own_drawings_may(db, clock):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800"></svg>'
    with pytest.raises(BadPicture):
        store(clock, content=svg)
    media_id = services.store_picture(shop_id=7, content=svg, file_name="m.svg", now=clock.now, trusted_svg=True)
    assert selectors.list_pictures(media_ids=[media_id], shop_id=7)[media_id].url.endswith(".svg")


def test_a_private_file_lies_outside_what_is_served_and_only_its_shop_reads_it(db, clock, folders):
    media_id = services.store_document(
        shop_id=7, content=b"a,b\n1,2\n", file_name="goods.csv", content_type="text/csv", now=clock.now
    )
    assert files(folders / "private") and not (folders / "media").exists()
    assert selectors.read_document(media_id=media_id, shop_id=7) == b"a,b\n1,2\n"
    assert selectors.get_document(media_id=media_id, shop_id=7).file_name == "goods.csv"
    for shop_id in (8, 0):
        with pytest.raises(selectors.NoSuchDocument):
            selectors.read_document(media_id=media_id, shop_id=shop_id)
    assert selectors.list_pictures(media_ids=[media_id], shop_id=7) == {}


def test_lost_bytes_and_wrong_sizes_are_said(db, clock):
    media_id = services.store_document(shop_id=7, content=b"x", file_name="x", content_type="text/csv", now=clock.now)
    private_path(7, MediaFile.objects.get().sha256).unlink()
    with pytest.raises(selectors.NoSuchDocument):
        selectors.read_document(media_id=media_id, shop_id=7)
    with pytest.raises(services.EmptyDocument):
        services.store_document(shop_id=7, content=b"", file_name="x", content_type="text/csv", now=clock.now)
    with pytest.raises(services.DocumentTooLarge):
        services.store_document(
            shop_id=7, content=b"x" * (services.MOST_DOCUMENT_BYTES + 1), file_name="x", content_type="", now=clock.now
        )
