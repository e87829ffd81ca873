"""`./run` itself: a wrong Python, a full disk and a half-made environment are answered with a sentence, or healed."""

import importlib.machinery
import importlib.util
import json
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from types import ModuleType

import pytest

from onebox.places import ROOT

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def run(tmp_path: Path) -> ModuleType:
    """The launcher, loaded as a module whose checkout is an empty folder with the real requirements."""
    loader = importlib.machinery.SourceFileLoader("run_launcher", str(ROOT / "run"))
    spec = importlib.util.spec_from_loader("run_launcher", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    venv = tmp_path / ".venv"
    module.ROOT, module.VENV = tmp_path, venv  # type: ignore[attr-defined]
    module.PYTHON, module.STAMP = venv / "bin" / "python", venv / "jishi.json"  # type: ignore[attr-defined]
    (tmp_path / ".local").mkdir()
    (tmp_path / "requirements").symlink_to(ROOT / "requirements")
    return module


def make_installed(run: ModuleType, name: str) -> None:
    run.PYTHON.parent.mkdir(parents=True)
    run.PYTHON.write_text("")
    run.STAMP.write_text(json.dumps({"place": str(run.ROOT), name: run.digest_of(name)}))


def test_an_unknown_command_is_answered_with_those_that_exist() -> None:
    done = subprocess.run([sys.executable, ROOT / "run", "dmeo"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "There is no command 'dmeo'" in done.stderr
    assert "./run demo" in done.stderr


def test_without_a_command_it_says_what_it_can_do() -> None:
    done = subprocess.run([sys.executable, ROOT / "run"], capture_output=True, text=True, check=True)
    assert all(f"./run {name}" in done.stdout for name in ("demo", "serve", "test", "bench", "check", "stop", "reset"))


def test_an_old_python_is_told_which_one_is_needed(tmp_path: Path) -> None:
    code = (
        "import sys; sys.version_info = (3, 9, 2); sys.argv = ['run', 'demo']\n"
        f"exec(compile(open({str(ROOT / 'run')!r}).read(), 'run', 'exec'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={"PATH": str(tmp_path)}
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Jishi needs Python 3.11 or newer; this is Python 3.9.")


def test_the_first_lines_are_understood_by_old_pythons() -> None:
    tree = compile((ROOT / "run").read_text(), "run", "exec", flags=0x400, _feature_version=8)  # only the syntax tree
    assert tree is not None


def test_a_full_disk_is_named_before_anything_is_made(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 9, 700 * 2**20))
    with pytest.raises(SystemExit, match=r"Only 700 MB are free .* need 2048 MB"):
        run.ensure_environment("onebox")
    assert not run.VENV.exists()


def test_an_environment_that_is_complete_is_left_alone(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    make_installed(run, "dev")
    monkeypatch.setattr(run, "make_virtual_environment", lambda: pytest.fail("it was made again"))
    run.ensure_environment("dev")


@pytest.mark.parametrize(
    "stamp", ["", "{", "[]", "null", '{"place": "/elsewhere"}', '{"onebox": "of older requirements"}']
)
def test_an_unfinished_or_outdated_environment_is_not_taken_for_a_complete_one(run: ModuleType, stamp: str) -> None:
    make_installed(run, "onebox")
    run.STAMP.write_text(stamp)
    assert not run.is_installed("onebox", run.digest_of("onebox"))


def test_a_moved_environment_is_made_anew(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    make_installed(run, "onebox")
    (run.VENV / "bin" / "pip").write_text("#!/elsewhere/.venv/bin/python\n")
    made: list[str] = []

    def fake(label: str, command: list[Path]) -> None:
        made.append(label)
        (run.VENV / "lib" / "python3.11" / "site-packages").mkdir(parents=True)

    monkeypatch.setattr(run, "show_while", fake)
    run.make_virtual_environment()
    assert made == ["Python environment"]
    assert not (run.VENV / "bin" / "pip").exists()
    paths = (run.VENV / "lib" / "python3.11" / "site-packages" / "jishi.pth").read_text().split()
    assert paths == [str(run.ROOT / "platform"), str(run.ROOT)]


def test_a_python_without_venv_is_told_what_to_install(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(label: str, command: list[Path]) -> None:
        run.VENV.mkdir()
        raise subprocess.CalledProcessError(1, label)

    monkeypatch.setattr(run, "show_while", fail)
    with pytest.raises(SystemExit, match=r"apt install python3\.\d+-venv"):
        run.make_virtual_environment()
    assert not run.VENV.exists()


def test_the_installer_is_taken_from_the_locked_requirements_with_its_hashes(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.VENV.mkdir()
    commands: list[list[object]] = []
    monkeypatch.setattr(run, "show_while", lambda label, command: commands.append(list(command)))
    assert run.install_uv()
    assert "--require-hashes" in commands[0]
    lines = (run.VENV / "uv.txt").read_text().splitlines()
    assert lines[0].startswith("uv==")
    assert sum("--hash=sha256:" in line for line in lines) > 5
    assert not any("==" in line for line in lines[1:])


def test_a_step_that_fails_shows_what_was_said(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run.show_while("3 packages", [sys.executable, "-c", "print('hash mismatch'); raise SystemExit(2)"])
    printed = capsys.readouterr()
    assert "✗ 3 packages" in printed.out
    assert "hash mismatch" in printed.err
