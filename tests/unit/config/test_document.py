"""An error in a settings file names file, line and column."""

from pathlib import Path

import pytest

from careloop.config.document import read_document
from careloop.errors import SettingsError


def read(folder: Path, text: str) -> dict[str, object]:
    path = folder / "careloop.yaml"
    path.write_text(text)
    return read_document(path).data


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a: [1, 2", "1:9", "not YAML"),
        ("a: 1\n\tb: 2", "2:1", "not YAML"),
        ("a: {b: 1\n", "2:1", "not YAML"),
        ("a: 1\na: 2\n", "2:1", "a is given twice"),
        ("a:\n  b: 1\n  b: 1\n", "3:3", "b is given twice"),
        ("? [a]\n: 1\n", "1:3", "a name is a single word"),
        ("- a\n", "1:1", "not a list"),
        ("hello\n", "1:1", "not 'hello'"),
        ("a: !!python/object:os.system x\n", "1:4", "not YAML"),
        ("a: &a [1, *a]\n", "1:4", "an alias stands for something that it is a part of"),
        ("a: &a\n  b: *a\n", "1:4", "an alias stands for something that it is a part of"),
        ("a: *nothing\n", "1:4", "not YAML"),
        ("a: b\n--- \nc: d\n", "2:1", "not YAML"),
    ],
)
def test_what_is_no_settings_file_is_refused_with_its_place(
    tmp_path: Path, text: str, place: str, says: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, text)

    assert str(refused.value).startswith(f"{tmp_path / 'careloop.yaml'}:{place}: ")
    assert says in str(refused.value)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "") == read(tmp_path, "# only a comment\n") == {}


def test_names_are_text_however_they_look(tmp_path: Path) -> None:
    assert read(tmp_path, "1: a\nno: b\n2026-01-01: c\n") == {"1": "a", "no": "b", "2026-01-01": "c"}


def test_an_alias_stands_for_what_it_names(tmp_path: Path) -> None:
    assert read(tmp_path, "a: &x [1]\nb: *x\n") == {"a": [1], "b": [1]}


def test_every_value_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "careloop.yaml"
    path.write_text("a:\n  b:\n    - c: 1\n    - d: 2\n")
    document = read_document(path)

    assert str(document.error(("a", "b", 1, "d"), "is wrong")) == f"{path}:4:7: a.b.1.d: is wrong"
    assert str(document.error(("a", "missing"), "is missing")) == f"{path}:1:1: a.missing: is missing"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such file; write one with 'careloop init'"):
        read_document(tmp_path / "nothing.yaml")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_document(tmp_path)
    (tmp_path / "bytes.yaml").write_bytes(b"a: \xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_document(tmp_path / "bytes.yaml")
