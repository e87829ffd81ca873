"""An offer out of a document: what goes into a cart."""

from billing.checkout.contracts import Offer
from search.listings.contracts import ListingDocument, ListingVariant, PublishedOffer


def make_offer(document: ListingDocument, variant: ListingVariant) -> PublishedOffer:
    """One variant of a listing as it is offered now."""
    picture = document.picture_of(variant)
    offer = Offer(
        listing_id=document.listing_id,
        shop_id=document.shop.shop_id,
        shop_name=document.shop.name,
        shop_slug=document.shop.slug,
        product_id=document.product_id,
        variant_id=variant.variant_id,
        title=document.title,
        choices=document.describe_choices(variant),
        picture_url=picture.url if picture else "",
        price_minor=variant.price_minor,
        currency=document.currency,
    )
    return PublishedOffer(
        offer=offer,
        sku=variant.sku,
        available=variant.available,
        compare_at_minor=variant.compare_at_minor,
        delivery=document.delivery,
        version=document.version,
    )
