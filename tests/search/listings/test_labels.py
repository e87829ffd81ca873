"""Labels of attributes have numbers in a file beside the index, which holds whatever kills the indexer."""

from pathlib import Path

from search.listings.engines.tantivy.labels import LABELS, LabelReader, LabelWriter

BLUE, RED, GREEN = "colour\x1f蓝色\x1f颜色\x1fColour\x1f蓝色\x1fBlue", "红色", "绿色"


def write(folder: Path, *labels: str) -> list[int]:
    writer = LabelWriter(folder)
    numbers = [writer.number(label) for label in labels]
    writer.flush()
    writer.close()
    return numbers


def test_a_label_keeps_its_number(tmp_path: Path) -> None:
    assert write(tmp_path, BLUE, RED, BLUE) == [0, 1, 0]
    assert write(tmp_path, RED, GREEN, BLUE) == [1, 2, 0]


def test_a_reader_reads_what_came_after_it_was_opened(tmp_path: Path) -> None:
    write(tmp_path, BLUE)
    reader = LabelReader(tmp_path)
    assert reader.read(0) == BLUE
    write(tmp_path, RED, GREEN)
    assert [reader.read(number) for number in (2, 1, 0)] == [GREEN, RED, BLUE]


def test_a_line_that_was_cut_off_is_forgotten(tmp_path: Path) -> None:
    write(tmp_path, BLUE, RED)
    for cut in (b"\xe7\xba", "绿".encode()):
        with (tmp_path / LABELS).open("ab") as file:
            file.write(cut)
        assert write(tmp_path, RED, GREEN) == [1, 2]
        assert LabelReader(tmp_path).read(2) == GREEN
    (tmp_path / LABELS).write_bytes(b"\xe7")
    assert write(tmp_path, RED) == [0]
    assert LabelReader(tmp_path).read(0) == RED


def test_what_is_not_flushed_is_not_written(tmp_path: Path) -> None:
    writer = LabelWriter(tmp_path)
    writer.number(BLUE)
    writer.close()
    assert write(tmp_path, RED) == [0]
