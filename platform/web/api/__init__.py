"""What both APIs share: tokens, bodies, idempotency keys, pages, the OpenAPI description. Knows no business."""
