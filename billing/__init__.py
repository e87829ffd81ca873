"""The public schema from cart to payout."""
