"""Events written in the caller's transaction and delivered after commit; inbox; idempotency keys."""
