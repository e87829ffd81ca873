"""What the faces share: design system, base templates, middleware. Knows no business."""
