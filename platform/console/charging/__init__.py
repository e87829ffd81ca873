"""How advertising is charged: whether it is well, hour by hour, and each charge."""
