"""A simulator of WeChat Pay v3: a server of its own that speaks the real protocol, signatures and encryption included.

It imports nothing of the product, so that the product's gateway runs against it unchanged. Its rules follow the
provider's documents for service providers (pay.weixin.qq.com/doc/v3/partner): combined Native payment, refunds,
profit sharing and merchant enrolment.
"""
