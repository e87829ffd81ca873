"""The only page that lists asynchronous edges: which event goes to which task, and what is looked for when."""

from market.outbox.contracts import Timer

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    "product.changed": ("search.listings.tasks.on_product_changed",),
    "product.moderated": ("search.listings.tasks.on_product_changed",),
    "stock.changed": ("search.listings.tasks.on_stock_changed",),
    "job.queued": ("market.jobs.tasks.on_job_queued",),
    "shop.changed": ("search.listings.tasks.on_shop_changed",),
    "share.cash_collected": ("billing.settlement.tasks.on_share_final",),
    "share.completed": (
        "billing.settlement.tasks.on_share_final",
        "search.signals.tasks.on_share_completed",
        "search.results.tasks.on_share_completed",
    ),
    "payout.ended": ("billing.settlement.tasks.on_payout_news",),
    "bank_account.set": ("billing.settlement.tasks.on_payout_news",),
}

TIMERS: tuple[Timer, ...] = (
    Timer("market.outbox.tasks.purge", every_seconds=600),
    Timer("market.shops.tasks.keep_pool_filled", every_seconds=10, inline=True),
    Timer("market.accounts.tasks.purge_expired", every_seconds=300),
    Timer("market.notifications.tasks.purge_messages", every_seconds=3600),
    Timer("market.jobs.tasks.resume_stalled", every_seconds=10.0),
    Timer("billing.ledger.tasks.post_requests", every_seconds=0.5, inline=True),
    Timer("billing.ledger.tasks.expire_due_holds", every_seconds=10),
    Timer("billing.ledger.tasks.seal_new_rows", every_seconds=300),
    Timer("billing.ledger.tasks.prove_books", every_seconds=600),
    Timer("billing.checkout.tasks.close_unpaid", every_seconds=5),
    Timer("billing.checkout.tasks.confirm_receipts", every_seconds=60),
    Timer("billing.checkout.tasks.ask_unsure", every_seconds=5),
    Timer("billing.checkout.tasks.send_refunds", every_seconds=1),
    Timer("billing.payments.tasks.trim_webhooks", every_seconds=3600),
    Timer("billing.settlement.tasks.release_shares", every_seconds=2),
    Timer("billing.settlement.tasks.fetch_statements", every_seconds=15),
    Timer("billing.settlement.tasks.hold_back_reserves", every_seconds=2),
    Timer("billing.settlement.tasks.end_day", every_seconds=60),
    Timer("billing.settlement.tasks.carry_payouts", every_seconds=2),
    Timer("billing.settlement.tasks.make_statements", every_seconds=600),
    Timer("billing.wallets.tasks.expire_bonuses", every_seconds=60),
    Timer("search.listings.tasks.count_demand", every_seconds=600),
    Timer("search.signals.tasks.reconcile_listings", every_seconds=3600),
    Timer("search.listings.tasks.count_called_words", every_seconds=2),
    Timer("search.suggestions.tasks.count", every_seconds=2),
    Timer("search.suggestions.tasks.sweep", every_seconds=60),
    Timer("search.signals.tasks.take_in", every_seconds=1),
    Timer("search.signals.tasks.count", every_seconds=5),
    Timer("search.signals.tasks.weigh_offers", every_seconds=600),
    Timer("search.signals.tasks.purge", every_seconds=3600),
    Timer("search.results.tasks.count_looks", every_seconds=10),
    Timer("search.results.tasks.forget_gone", every_seconds=60),
)
