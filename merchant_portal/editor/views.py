"""Views of the product editor."""

from django.http import HttpRequest, HttpResponse

from merchant_portal.access import shop_required


@shop_required("goods")
def new_product(request: HttpRequest) -> HttpResponse:
    """A product that is not there yet."""
    raise NotImplementedError


@shop_required("goods")
def edit_product(request: HttpRequest, product_id: int) -> HttpResponse:
    """A product as it stands."""
    raise NotImplementedError


@shop_required("goods")
def copy_product(request: HttpRequest, product_id: int) -> HttpResponse:
    """The same again as a draft."""
    raise NotImplementedError
