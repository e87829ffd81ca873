"""The cart: one over all shops, a guest's or a member's."""
