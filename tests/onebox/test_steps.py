"""Long steps: remembered when they are finished, repeated when they were not, with their log when they fail."""

import io
import sys
from pathlib import Path

import pytest

from onebox.places import CannotContinue, Place
from onebox.progress import Bar
from onebox.steps import Steps, digest_files


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def count_up(place: Place) -> tuple[str, ...]:
    return python(f"open({str(place.local / 'count')!r}, 'a').write('x')")


def test_a_finished_step_is_not_done_again_until_its_state_changes(place: Place) -> None:
    steps = Steps(place, {})
    for state in ("a", "a", "b", "b"):
        steps.run("demo", "Goods", count_up(place), state=state)
    assert (place.local / "count").read_text() == "xx"
    steps.run("demo", "Goods", count_up(place), state="b", again=True)
    steps.run("tables", "Tables", count_up(place))
    steps.run("tables", "Tables", count_up(place))
    assert (place.local / "count").read_text() == "xxxxx"


def test_a_step_that_failed_is_done_again(place: Place) -> None:
    steps = Steps(place, {})
    with pytest.raises(CannotContinue, match=r"(?s)“Goods” failed; starting again repeats it.*no space left"):
        steps.run("demo", "Goods", python("print('no space left'); raise SystemExit(1)"), state="a")
    steps.run("demo", "Goods", count_up(place), state="a")
    assert (place.local / "count").read_text() == "x"


def test_a_damaged_memory_means_that_nothing_is_finished(place: Place) -> None:
    (place.local / "steps.json").write_text('{"demo": "a"')
    Steps(place, {}).run("demo", "Goods", count_up(place), state="a")
    assert (place.local / "count").read_text() == "x"


def test_lines_of_progress_move_the_bar_and_the_others_are_kept(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "print('progress goods 5/10\\nhello\\nprogress nonsense\\nprogress goods 10/10')"
    Steps(place, {}).run("demo", "Goods", python(code))
    printed = capsys.readouterr().err
    assert "Goods: goods 5 of 10" in printed
    assert "✓ Goods" in printed
    assert (place.logs / "steps.log").read_text() == "hello\nprogress nonsense\n"


def test_a_bar_that_was_left_by_an_error_ends_with_a_cross() -> None:
    stream = io.StringIO()
    with pytest.raises(ValueError, match="x"), Bar("Goods", total=2, stream=stream) as bar:
        bar.advance()
        raise ValueError("x")
    assert stream.getvalue().splitlines()[-1].startswith("✗ Goods")


def test_a_changed_file_changes_the_digest(tmp_path: Path) -> None:
    file = tmp_path / "a.css"
    file.write_text("a")
    before = digest_files([file])
    assert digest_files([file]) == before
    file.write_text("ab")
    assert digest_files([file]) != before
