"""What a shop is written when money was paid, came back, or is to go elsewhere: in Chinese and in English. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject and a body."""

    subject: str
    body: str


_LETTERS: Mapping[str, tuple[Letter, Letter]] = {
    "confirmed": (
        Letter("货款已付出：¥{amount}", "{shop} 的提现 {number}（¥{amount}）已到账。"),
        Letter("Paid: ¥{amount}", "Payout {number} of {shop} (¥{amount}) has arrived."),
    ),
    "failed": (
        Letter(
            "货款没有付出去：¥{amount}",
            "{shop} 的提现 {number}（¥{amount}）没有成功，钱已回到可提余额。\n"
            "原因：{reason}\n请核对收款账户后重新申请。",
        ),
        Letter(
            "Not paid: ¥{amount}",
            "Payout {number} of {shop} (¥{amount}) failed; the money is in your balance again.\nWhy: {reason}\n"
            "Check where you are paid to, then ask for it again.",
        ),
    ),
    "cancelled": (
        Letter(
            "提现未通过：¥{amount}", "{shop} 的提现 {number}（¥{amount}）已取消，钱已回到可提余额。\n原因：{reason}"
        ),
        Letter(
            "Payout stopped: ¥{amount}",
            "Payout {number} of {shop} (¥{amount}) was stopped; the money is in your balance again.\nWhy: {reason}",
        ),
    ),
    "bank_account": (
        Letter(
            "收款账户已更改",
            "{shop} 的收款账户已改为尾号 {last_four}。为安全起见，{usable_at} 之前不会向它付款。\n"
            "如果不是您或您的同事改的，请立刻改回，并联系我们。",
        ),
        Letter(
            "Bank account changed",
            "{shop} is paid to the account ending in {last_four} from now on. For safety nothing is paid to it before "
            "{usable_at}.\nIf neither you nor a colleague did this, change it back at once and write to us.",
        ),
    ),
}


def write_letter(kind: str, facts: Facts, *, english: bool) -> Letter | None:
    """The letter of a kind, filled in; None for what nobody is written about."""
    letters = _LETTERS.get(kind)
    if letters is None:
        return None
    letter = letters[1] if english else letters[0]
    return Letter(letter.subject.format_map(facts), letter.body.format_map(facts))
