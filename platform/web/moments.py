"""Moments as people read them: near and exact. The full stamp always goes along in a title."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

_WEEKDAYS_ZH = "一二三四五六日"


def _chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")


def full_stamp(moment: datetime) -> str:
    """Everything there is to know: `2026年11月22日 18:41:07` or `22 Nov 2026, 18:41:07`."""
    local = timezone.localtime(moment)
    if _chinese():
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}"
    return f"{local.day} {local:%b %Y, %H:%M:%S}"


def stamp(moment: datetime, *, now: datetime) -> str:
    """A line of a log: `11-22 18:41`; another year carries its number."""
    local = timezone.localtime(moment)
    return f"{local:%m-%d %H:%M}" if local.year == timezone.localtime(now).year else f"{local:%Y-%m-%d %H:%M}"


def near(moment: datetime, *, now: datetime) -> str:
    """How one would say it today: `18:20` minutes ago, `今天 18:20`, `昨天 09:02`, `11-20`, `2025-11-20`."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    seconds = (now - moment).total_seconds()
    if 0 <= seconds < 60:
        return gettext("just now")
    if 60 <= seconds < 3600:
        minutes = int(seconds // 60)
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    clock = f"{local:%H:%M}"
    named = {0: gettext("today"), -1: gettext("yesterday"), 1: gettext("tomorrow")}.get((local.date() - today).days)
    if named:
        return f"{named} {clock}"
    return f"{local:%m-%d}" if local.year == today.year else f"{local:%Y-%m-%d}"


def day_name(day: date, *, today: date) -> str:
    """A promise with its date: `明天（11月24日）`, `11月25日（周三）`; English `tomorrow (24 Nov)`."""
    exact = f"{day.month}月{day.day}日" if _chinese() else f"{day.day} {day:%b}"
    if day.year != today.year:
        exact = f"{day.year}年{exact}" if _chinese() else f"{exact} {day.year}"
    named = {0: gettext("today"), -1: gettext("yesterday"), 1: gettext("tomorrow")}.get((day - today).days)
    if named:
        return f"{named}（{exact}）" if _chinese() else f"{named} ({exact})"
    weekday = f"周{_WEEKDAYS_ZH[day.weekday()]}" if _chinese() else f"{day:%a}"
    return f"{exact}（{weekday}）" if _chinese() else f"{weekday} {exact}"


def time_left(until: datetime, *, now: datetime) -> str:
    """What is left of a term: `剩12分钟`, `12 minutes left`; `已过期` once it is over."""
    left = until - now
    if left <= timedelta(0):
        return gettext("time is up")
    minutes = max(1, int(left.total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(count)s minute left", "%(count)s minutes left", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)s hour left", "%(count)s hours left", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}
