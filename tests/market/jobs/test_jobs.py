"""Jobs run in chunks that happen once, survive what kills them, and end with a word about why."""

import pytest
from django.db import transaction

from market.jobs import selectors, services
from market.jobs.contracts import Issue, JobRefused, JobState, Severity, Step
from market.jobs.models import Job, JobIssue
from market.jobs.tasks import on_job_queued, resume_stalled
from market.outbox.contracts import EventEnvelope
from market.outbox.models import Event

WRITTEN = []


class Counting:
    """Counts to `params.to` in chunks of two; fails where it is told."""

    def prepare(self, job, now):
        if job.cursor.get("at", 0) in job.params.get("fail_prepare_at", ()):
            raise OSError("no network")
        return job.cursor.get("at", 0)

    def apply(self, job, prepared, now):
        numbers = list(range(prepared, min(prepared + 2, job.params["to"])))
        WRITTEN.extend(numbers)
        Event.objects.create(kind="counted", key=str(prepared), payload={}, recorded_at=now)
        if prepared in job.params.get("fail_at", ()):
            raise RuntimeError("half-way")
        if prepared in job.params.get("refuse_at", ()):
            raise JobRefused("no_more", limit=prepared)
        at = prepared + len(numbers)
        issues = [Issue(n, "column", "odd", Severity.WARNING, {"n": n}) for n in numbers if n % 2]
        return Step(
            {"at": at}, len(numbers), at >= job.params["to"], job.params["to"], {"counted": len(numbers)}, issues
        )


@pytest.fixture(autouse=True)
def runners(settings):
    settings.JOB_RUNNERS = {"count": f"{__name__}.Counting"}
    WRITTEN.clear()


def start(clock, shop_id=7, **params):
    params = {"to": 6, **params}
    return services.start_job(shop_id=shop_id, kind="count", params=params, created_by=3, now=clock.now)


def run(job_id, clock, **options):
    return services.run_job(job_id=job_id, clock=lambda: clock.now, **options)


def get(job_id):
    return selectors.get_job(job_id=job_id, shop_id=7)


def test_a_job_is_written_down_and_announced_and_runs_to_its_end(db, clock):
    job_id = start(clock)
    assert Event.objects.get(kind="job.queued").payload == {"job_id": job_id}
    assert get(job_id).state is JobState.QUEUED
    assert run(job_id, clock) is True
    job = get(job_id)
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 6, 6, {"counted": 6})
    assert (job.warning_count, job.error_count, job.percent) == (3, 0, 100)
    assert [issue.row for _, issue in selectors.list_issues(job_id=job_id, shop_id=7)] == [1, 3, 5]
    assert list(range(6)) == WRITTEN


def test_running_a_job_that_is_over_does_nothing(db, clock):
    job_id = start(clock)
    run(job_id, clock)
    assert run(job_id, clock) is True and len(WRITTEN) == 6


def test_a_long_job_makes_room_and_wakes_itself_again(db, clock):
    job_id = start(clock)
    assert run(job_id, clock, seconds=0) is False
    assert get(job_id).done == 2
    assert Event.objects.filter(kind="job.queued").count() == 2
    assert selectors.list_stalled(now=clock.now) == [job_id]
    while not run(job_id, clock, seconds=0):
        pass
    assert list(range(6)) == WRITTEN and get(job_id).result == {"counted": 6}


def test_a_chunk_that_fails_leaves_nothing_and_is_tried_again_later(db, clock):
    job_id = start(clock, fail_at=[2])
    assert run(job_id, clock) is False
    job = get(job_id)
    assert (job.state, job.done, job.cursor) == (JobState.RUNNING, 2, {"at": 2})
    assert list(Event.objects.filter(kind="counted").values_list("key", flat=True)) == ["0"]
    assert run(job_id, clock) is False and selectors.list_stalled(now=clock.now) == []
    Job.objects.filter(pk=job_id).update(params={"to": 6})
    clock.move(minutes=5)
    assert run(job_id, clock) is True
    assert list(Event.objects.filter(kind="counted").values_list("key", flat=True)) == ["0", "2", "4"]


def test_a_job_that_never_gets_on_fails_in_the_end(db, clock):
    job_id = start(clock, fail_prepare_at=[0])
    for _ in range(services.MOST_ATTEMPTS):
        run(job_id, clock)
        clock.move(hours=1)
    assert (get(job_id).state, get(job_id).error) == (JobState.FAILED, "OSError")
    assert selectors.list_stalled(now=clock.now) == []


def test_a_job_whose_process_dies_each_time_fails_in_the_end(db, clock):
    job_id = start(clock)
    Job.objects.filter(pk=job_id).update(attempts=services.MOST_ATTEMPTS, state="running", leased_until=clock.now)
    assert run(job_id, clock) is True
    assert (get(job_id).state, get(job_id).error, WRITTEN) == (JobState.FAILED, "crashed", [])


def test_a_refusal_ends_the_job_with_its_reason(db, clock):
    job_id = start(clock, refuse_at=[2])
    assert run(job_id, clock) is True
    job = get(job_id)
    assert (job.state, job.done, job.error, job.error_count) == (JobState.FAILED, 2, "no_more", 1)
    last = selectors.list_issues(job_id=job_id, shop_id=7)[-1][1]
    assert (last.code, last.params) == ("no_more", {"limit": 2})


def test_a_leased_job_is_left_to_its_process_until_the_lease_is_over(db, clock):
    job_id = start(clock)
    assert services._claim(job_id, "dead", clock.now) is not None
    assert run(job_id, clock) is False and WRITTEN == []
    assert selectors.list_stalled(now=clock.now) == []
    clock.move(seconds=services.LEASE_SECONDS + 1)
    assert selectors.list_stalled(now=clock.now) == [job_id]
    assert run(job_id, clock) is True and get(job_id).state is JobState.DONE


def test_a_process_that_lost_its_lease_writes_nothing_more(db, clock):
    job_id = start(clock)

    class Slow(Counting):
        def prepare(self, job, now):
            Job.objects.filter(pk=job_id).update(lease_key="another")
            return super().prepare(job, now)

    globals()["Slow"] = Slow
    from django.test import override_settings

    with override_settings(JOB_RUNNERS={"count": f"{__name__}.Slow"}):
        assert run(job_id, clock) is False
    assert WRITTEN == [] and get(job_id).done == 0


def test_a_stopped_job_stops_and_keeps_what_is_done(db, clock):
    job_id = start(clock)
    run(job_id, clock, seconds=0)
    assert services.stop_job(job_id=job_id, shop_id=8, now=clock.now) is False
    assert services.stop_job(job_id=job_id, shop_id=7, now=clock.now) is True
    assert services.stop_job(job_id=job_id, shop_id=7, now=clock.now) is False
    assert run(job_id, clock) is True
    assert (get(job_id).state, get(job_id).done) == (JobState.STOPPED, 2)


def test_issues_are_counted_all_and_kept_up_to_a_limit(db, clock, monkeypatch):
    monkeypatch.setattr(services, "MOST_ISSUES", 2)
    job_id = start(clock, to=10)
    run(job_id, clock)
    assert get(job_id).warning_count == 5 and JobIssue.objects.count() == 2


def test_a_kind_nobody_runs_is_refused_and_not_written(db, clock):
    with pytest.raises(services.UnknownKind):
        services.start_job(shop_id=7, kind="unknown", params={}, created_by=None, now=clock.now)
    assert Job.objects.count() == 0


def test_a_start_that_is_rolled_back_leaves_neither_job_nor_event(db, clock):
    with pytest.raises(RuntimeError), transaction.atomic():
        start(clock)
        raise RuntimeError
    assert Job.objects.count() == Event.objects.count() == 0


def test_events_and_the_timer_run_what_waits(db, clock):
    first, second = start(clock), start(clock)
    on_job_queued([EventEnvelope(1, "job.queued", 7, "k", {"job_id": first}, clock.now)] * 2)
    assert get(first).state is JobState.DONE and get(second).state is JobState.QUEUED
    assert resume_stalled(clock.now) == 1
    assert get(second).state is JobState.DONE
    assert resume_stalled(clock.now) == 0


def test_a_shop_sees_its_own_jobs_only(db, clock):
    job_id = start(clock)
    run(job_id, clock)
    with pytest.raises(selectors.NoSuchJob):
        selectors.get_job(job_id=job_id, shop_id=8)
    assert selectors.list_jobs(shop_id=8) == []
    assert selectors.list_issues(job_id=job_id, shop_id=8) == []
    assert [job.job_id for job in selectors.list_jobs(shop_id=7, kinds=["count"])] == [job_id]
    assert selectors.list_jobs(shop_id=7, kinds=["other"]) == []
    assert selectors.count_jobs_by_state()[JobState.DONE] == 1
    assert selectors.list_all_jobs(states=[JobState.FAILED]) == []
