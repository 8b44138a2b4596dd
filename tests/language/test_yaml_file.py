"""YAML files: every value's line is known, and invalid or hostile files give clear mistakes."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from grader.errors import ExerciseError
from grader.language import yaml_file


@pytest.fixture(params=["c", "python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module with either of PyYAML's parsers, since not every platform has the parser in C."""
    if request.param == "c":
        yield yaml_file
        return
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    spec = importlib.util.spec_from_file_location("yaml_file_in_python", yaml_file.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    yield module


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(text: str | bytes, loader: ModuleType = yaml_file) -> yaml_file.Document:
    path = Path("x.yaml")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    document: yaml_file.Document = loader.load(path)
    return document


def mistakes(text: str | bytes, loader: ModuleType = yaml_file) -> list[str]:
    with pytest.raises(ExerciseError) as caught:
        load(text, loader)
    return [str(mistake) for mistake in caught.value.mistakes]


class TestValues:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("yes", "yes"),
            ("no", "no"),
            ("on", "on"),
            ("y", "y"),
            ("true", True),
            ("False", False),
            ("null", None),
            ("~", None),
            ("", None),
            ("None", "None"),
            ("12", 12),
            ("-3", -3),
            ("010", 10),
            ("0o17", 15),
            ("0x1F", 31),
            ("1_000", "1_000"),
            ("1:30", "1:30"),
            ("2024-01-31", "2024-01-31"),
            ("1e3", 1000.0),
            ("1.", 1.0),
            (".5", 0.5),
            ("-2.5E-3", -0.0025),
            (".inf", float("inf")),
            ("-.inf", float("-inf")),
            ("1e", "1e"),
            ("'1'", "1"),
            ("!!str 1", "1"),
            ("=", "="),
            ("x == 1", "x == 1"),
        ],
    )
    def test_scalars_are_those_of_yaml_1_2(self, loader: ModuleType, text: str, value: object) -> None:
        found = load(f"key: {text}", loader).data["key"]
        assert found == value
        assert type(found) is type(value)

    def test_nan_is_a_number(self, loader: ModuleType) -> None:
        found = load("key: .nan", loader).data["key"]
        assert found != found

    def test_sequences_are_tuples_and_keys_are_texts(self, loader: ModuleType) -> None:
        assert load("1: [a, {true: [b]}]\nnull: 2", loader).data == {"1": ("a", {"true": ("b",)}), "null": 2}

    def test_an_alias_stands_for_what_it_names(self, loader: ModuleType) -> None:
        assert load("a: &it [1, 2]\nb: *it", loader).data == {"a": (1, 2), "b": (1, 2)}

    def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(self, loader: ModuleType) -> None:
        document = load(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  c\r\n", loader)
        assert document.data == {"a": 1, "b": "c\n"}
        assert document.line_of(("b",)) == 2


class TestLines:
    TEXT = "# comment\na: 1\nb:\n  - c: 2\n    d: |\n      text\n  - &x [3,\n     4]\ne: *x\n"

    @pytest.mark.parametrize(
        ("loc", "line"),
        [
            ((), 2),
            (("a",), 2),
            (("b",), 3),
            (("b", 0), 4),
            (("b", 0, "d"), 5),
            (("b", 1), 7),
            (("b", 1, 1), 8),
            (("e",), 9),
            (("e", 1), 8),
            (("f",), None),
            (("b", 2), None),
            (("a", 0), None),
            (("b", "c"), None),
        ],
    )
    def test_of_a_value_or_of_its_key(self, loader: ModuleType, loc: yaml_file.Loc, line: int | None) -> None:
        assert load(self.TEXT, loader).line_of(loc) == line

    def test_a_mistake_is_placed_at_what_there_is(self) -> None:
        document = load(self.TEXT)
        assert str(document.mistake(("b", 0, "z", 3), "odd")) == "x.yaml:4: b[0]: odd"
        assert str(document.mistake((), "odd")) == "x.yaml:2: odd"

    @pytest.mark.parametrize(
        ("loc", "text"),
        [
            (("checks", 2, "given"), "checks[2].given"),
            (("checks", "f-values", "points"), "checks.f-values.points"),
            (("expect", "2 * x"), 'expect["2 * x"]'),
            ((), ""),
        ],
    )
    def test_a_loc_is_shown_as_people_write_it(self, loc: yaml_file.Loc, text: str) -> None:
        assert yaml_file.show_loc(loc) == text


class TestPaths:
    def test_below_the_current_directory_are_relative(self, tmp_path: Path) -> None:
        assert yaml_file.shown(tmp_path / "a" / "b.yaml") == Path("a/b.yaml")

    def test_elsewhere_stay_as_they_were_given(self) -> None:
        assert yaml_file.shown(Path("../b.yaml").resolve()) == Path("../b.yaml").resolve()
        assert yaml_file.shown(Path("../b.yaml")) == Path("../b.yaml")


class TestNoYaml:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a:\n\tb: 1\n", "x.yaml:2: the line is indented with a tab; YAML is indented with spaces"),
            ("a:\n  - b\n\t- c\n", "x.yaml:3: the line is indented with a tab; YAML is indented with spaces"),
            (
                "a: 1\nhint: Use: this\n",
                "x.yaml:2: a `: ` stands inside a text, or this line is indented wrongly; a text that contains `: ` "
                "needs quotes",
            ),
            ("a: 1\nb: 'open\nc: 2\n", "x.yaml:2: this quote is never closed"),
            (
                "a: [1, 2\nb: 3\n",
                "x.yaml:1: this `[` is never closed, or a comma is missing; texts with brackets need quotes",
            ),
            (
                "a: {b: 1\nc: 2\n",
                "x.yaml:1: this `{` is never closed, or a comma is missing; "
                "texts with brackets, such as `x[0]`, need quotes",
            ),
            ("a: @x", "x.yaml:1: no text can start with this sign; put the text in quotes"),
            ("a: `x`", "x.yaml:1: no text can start with this sign; put the text in quotes"),
            ("a: *x", "x.yaml:1: no `&name` goes with this `*name`; a text that starts with * needs quotes"),
            (
                'a: 1\nwhen: "a" == b',
                "x.yaml:2: this line does not continue what stands above it: check its indentation, and that a text "
                "which starts with a quote or a bracket is in quotes as a whole",
            ),
            ('a: "\\q"', "x.yaml:1: in double quotes, `\\` starts a special sign; use single quotes"),
            ("---\na: 1\n---\nb: 2\n", "x.yaml:3: holds several YAML documents (`---`); write one a file"),
            ("", "x.yaml: is empty"),
            ("# only a comment\n", "x.yaml: is empty"),
            ("---\n", "x.yaml: is empty"),
            ("- a\n- b\n", "x.yaml:1: the file must be made of `key: value` lines at its outermost level"),
            ("just text", "x.yaml:1: the file must be made of `key: value` lines at its outermost level"),
        ],
    )
    def test_is_one_mistake_with_its_line(self, loader: ModuleType, text: str, expected: str) -> None:
        assert mistakes(text, loader) == [expected]

    @pytest.mark.parametrize("text", ["%YAML 3.0\n---\na: 1", "a: |1x\n b", "a: !foo! 1", "a\nb"])
    def test_whatever_else_the_parser_refuses_has_a_place_too(self, loader: ModuleType, text: str) -> None:
        (mistake,) = mistakes(text, loader)
        assert mistake.startswith("x.yaml:1: ")

    def test_a_tab_inside_a_text_is_no_indentation(self, loader: ModuleType) -> None:
        assert load("a: |\n  for x:\n  \tpass\n", loader).data == {"a": "for x:\n\tpass\n"}


class TestDuplicateKeys:
    def test_are_shown_with_both_lines_all_at_once(self, loader: ModuleType) -> None:
        assert mistakes("a: 1\nb:\n  c: 1\n  'c': 2\na: 3\n", loader) == [
            "x.yaml:4: `c` stands here and on line 3; keep one",
            "x.yaml:5: `a` stands here and on line 1; keep one",
        ]

    def test_a_key_must_be_a_text(self, loader: ModuleType) -> None:
        expected = "x.yaml:1: a key must be a text; a text that starts with `[` or `{` needs quotes"
        assert mistakes("{a: 1}: 2", loader) == [expected]


class TestHostile:
    @pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!mine", "!!binary", "!!set", "!!timestamp"])
    def test_tags_are_refused(self, loader: ModuleType, tag: str) -> None:
        assert mistakes(f"a: 1\nb: {tag} x", loader) == [
            f"x.yaml:2: the tag `{tag}` is not allowed; write plain values only"
        ]

    def test_a_tag_on_a_mapping_is_refused(self, loader: ModuleType) -> None:
        (mistake,) = mistakes("!!python/object:os.x {a: 1}", loader)
        assert mistake == "x.yaml:1: the tag `!!python/object:os.x` is not allowed; write plain values only"

    def test_a_billion_laughs_are_counted_and_not_built(self, loader: ModuleType) -> None:
        lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
        assert mistakes("\n".join(lines), loader) == [
            "x.yaml: unfolds into more than 50000 values; use fewer `*aliases`"
        ]

    def test_an_anchor_that_contains_itself_is_refused(self, loader: ModuleType) -> None:
        assert mistakes("a: 1\nb: &x [*x]", loader) == ["x.yaml:2: this `&anchor` contains itself"]

    def test_depth_built_of_aliases_is_refused(self, loader: ModuleType) -> None:
        text = "a0: &a0 [1]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200))
        assert mistakes(text, loader) == ["x.yaml: is nested more than 50 levels deep"]

    @pytest.mark.parametrize("text", ["[" * 400_000, "a: " + "{b: " * 100_000, "- " * 100_000])
    def test_depth_is_refused_before_it_is_built(self, loader: ModuleType, text: str) -> None:
        assert mistakes(text, loader) == ["x.yaml:1: is nested more than 50 levels deep"]

    @pytest.mark.parametrize(
        "text", ["[" * 400_000, "a: " + "{b: " * 100_000, "- " * 100_000, "".join(f"{' ' * n}a:\n" for n in range(60))]
    )
    @pytest.mark.parametrize("words", ["Maximum nesting level reached", "exceeded depth", "memory error"])
    def test_a_parser_that_has_a_limit_of_its_own_changes_no_message(
        self, text: str, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(text: str, **_: object) -> None:
            mark = yaml.Mark("<unicode string>", 0, 0, 0, None, None)
            raise yaml.scanner.ScannerError("while scanning", mark, words, mark)

        monkeypatch.setattr(yaml, "parse", refuse)
        (mistake,) = mistakes(text)
        assert mistake.endswith(": is nested more than 50 levels deep")
        assert mistakes("a: [1, {b: '[[['}]") == [f"x.yaml:1: is not YAML: {words}"]

    @pytest.mark.parametrize("error", [yaml.YAMLError("odd"), yaml.reader.ReaderError("x", 0, 0, "utf-8", "odd")])
    def test_an_error_without_a_place_is_a_mistake_too(
        self, error: yaml.YAMLError, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(text: str, **_: object) -> None:
            raise error

        monkeypatch.setattr(yaml, "parse", refuse)
        (mistake,) = mistakes("a: 1")
        assert mistake.startswith("x.yaml: is not YAML: ")

    def test_a_huge_file_is_refused(self) -> None:
        assert mistakes("a: " + "x" * 1024 * 1024) == ["x.yaml: is larger than 1 MiB"]

    @pytest.mark.parametrize(("value", "shown"), [("9" * 5000, "9" * 40), ("!!float x", "x")])
    def test_a_number_that_is_none_is_refused(self, loader: ModuleType, value: str, shown: str) -> None:
        assert mistakes(f"a: 1\nb: {value}", loader) == [f"x.yaml:2: `{shown}` cannot be read as a number"]

    def test_a_truth_value_that_is_none_is_refused(self) -> None:
        assert mistakes("a: !!bool yes") == ["x.yaml:1: `yes` cannot be read as true or false"]

    def test_other_encodings_are_refused(self) -> None:
        assert mistakes(b"a: 1\nb: \xff") == ["x.yaml:2: is not UTF-8 text; save the file with the encoding UTF-8"]
        assert mistakes("a: 1".encode("utf-16"))[0].startswith("x.yaml:1: is not UTF-8 text")

    def test_control_characters_are_refused(self) -> None:
        assert mistakes("a: 1\nb: \x1b[2J") == ["x.yaml:2: holds a control character (U+001B); delete it"]

    def test_what_is_not_there_or_no_file_is_said(self, tmp_path: Path) -> None:
        for path, text in [
            (tmp_path / "no.yaml", "no.yaml: cannot be read: No such file or directory"),
            (tmp_path, ".: is not a file"),
        ]:
            with pytest.raises(ExerciseError) as caught:
                yaml_file.load(path)
            assert str(caught.value) == text
