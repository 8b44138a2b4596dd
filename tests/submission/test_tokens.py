"""Names, comments and strings of code, alike on every version of Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.tokens import tokens_of


def found(code: str, kind: str) -> list[tuple[str, int]]:
    return [(token.text, token.line) for token in tokens_of(code) if token.kind == kind]


def names(code: str) -> list[str]:
    return [name for name, _ in found(code, "name")]


class TestStrings:
    def test_an_f_string_is_one_string(self) -> None:
        code = 'print(f"The gradient of {x!r:>{width}} is {g}" "here")'
        assert found(code, "string") == [("The gradient of {x!r:>{width}} is {g}", 1), ("here", 1)]

    @pytest.mark.parametrize("prefix", ["", "f", "rb", "F", "Rf", "u", "t"])
    @pytest.mark.parametrize("quotes", ["'", '"', "'''", '"""'])
    def test_without_prefix_and_quotes(self, prefix: str, quotes: str) -> None:
        assert found(f"x = 1\ny = {prefix}{quotes}a b{quotes}", "string") == [("a b", 2)]

    def test_a_quote_that_is_never_closed_ends_with_its_line(self) -> None:
        code = "x = 'abc\n# why\ny"
        assert found(code, "string") == [("abc", 1)]
        assert found(code, "comment") == [(" why", 2)]
        assert names(code) == ["x", "y"]

    def test_triple_quotes_that_are_never_closed_go_to_the_end(self) -> None:
        assert names('x = """a\nb\n# c') == ["x"]


class TestOperators:
    @pytest.mark.parametrize(
        ("code", "operators"),
        [
            ("a: int = (b := 1.5e3)", [":", "=", "(", ":=", "1.5e3", ")"]),
            ("c != d ** -e; c == d", ["!=", "*", "*", "-", ";", "=="]),
            ("f(...)[.2:x.y] //= 3", ["(", "...", ")", "[", ".", "2", ":", ".", "]", "/", "/=", "3"]),
        ],
    )
    def test_they_are_whole(self, code: str, operators: list[str]) -> None:
        assert [token.text for token in tokens_of(code) if token.kind == "code"] == operators


class TestNames:
    def test_with_their_lines(self) -> None:
        code = "import torch\n\nwith torch.no_grad():\n    x.detach_()\n"
        assert found(code, "name") == [
            *[("import", 1), ("torch", 1), ("with", 3), ("torch", 3), ("no_grad", 3), ("x", 4), ("detach_", 4)]
        ]

    def test_those_of_numbers_are_none(self) -> None:
        assert names("x = 1e5 + 0xff + 2j + 1_000") == ["x"]

    def test_those_in_comments_and_strings_are_none(self) -> None:
        assert names('x  # detach\n\'detach\'\n"""\ndetach\n"""') == ["x"]

    @pytest.mark.parametrize(
        ("text", "inside"),
        [
            ("{x}", ["x"]),
            ("a {x.grad} b {y}", ["x", "grad", "y"]),
            ("{{x}} {y}", ["y"]),
            ("{x!r}", ["x"]),
            ("{x:.2f}", ["x"]),
            ("{x:%H:%M}", ["x"]),
            ("{x:{width}.{digits}} {y}", ["x", "width", "digits", "y"]),
            ("{x=}", ["x"]),
            ("{x.grad = :.3}", ["x", "grad"]),
            ("{x != y}", ["x", "y"]),
            ("{d['key'].grad}", ["d", "grad"]),
            ("{(lambda a: a)(x)}", ["lambda", "a", "a", "x"]),
            ("{ {k: v for k in x} }", ["k", "v", "for", "k", "in", "x"]),
            ("{f'{x}' + y}", ["x", "y"]),
            (r"\N{BULLET} {x}", ["x"]),
            ("{x", ["x"]),
            ("}x{", []),
        ],
    )
    def test_those_in_the_fields_of_an_f_string(self, text: str, inside: list[str]) -> None:
        assert names(f'f"{text}"') == inside
        assert names(f'"{text}"') == []

    def test_a_field_is_in_braces_and_its_equals_sign_is_none_of_the_code(self) -> None:
        code = [token.text for token in tokens_of("f'{x.a == 2=}'") if token.kind != "string"]
        assert code == ["{", "x", ".", "a", "==", "2", "}"]

    def test_in_an_f_string_of_several_lines(self) -> None:
        assert found('f"""a\n{b}\n c {\nd}"""', "name") == [("b", 2), ("d", 4)]


@given(st.text(alphabet="ab1 \n\\'\"{}()[]:!f#."))
def test_any_text_has_tokens_in_order(code: str) -> None:
    lines = [token.line for token in tokens_of(code) if token.kind != "name"]
    assert lines == sorted(lines)
    assert all(1 <= line <= code.count("\n") + 1 for line in lines)


@pytest.mark.parametrize("piece", ["f'{", "{", "f'''{f\"{", r"\N{", "'", '"{', "{'", "!", ":", "}"])
def test_hostile_code_takes_linear_time(piece: str) -> None:
    assert sum(1 for _ in tokens_of("f'''" + piece * 100_000)) < 1_000_000
