"""Payments, refunds and the webhook inbox, over several gateways."""
