from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.report.spreadsheet import Spreadsheet, read_exported, without_formula, write
from tests.helpers.class_samples import ANSI, FORMULA

CANVAS = 'Student,ID,"HW, 1 (5)"\r\n"Lovelace, Ada",7,"3"\r\n\r\n"a ""b""\nc",,\r\n'


class TestSpreadsheet:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "a",
            "a,b\r\nc,d",
            "\ufeffa;b\n1;2\n",
            'a\tb\n"x\ny"\t"""q"""\n\n\n',
            'a,b\n"never closed,2\n3',
            'a,b"c,"d"e\r1,2\r',
            CANVAS,
        ],
    )
    def test_what_is_not_filled_comes_back_unchanged(self, text: str) -> None:
        assert Spreadsheet(text).render() == text

    @given(st.text(st.sampled_from('ab,;\t"\n\r \ufeff'), max_size=30))
    def test_any_text_comes_back(self, text: str) -> None:
        assert Spreadsheet(text).render() == text

    def test_cells_are_read_without_their_quotes(self) -> None:
        assert Spreadsheet(CANVAS).rows == (
            ("Student", "ID", "HW, 1 (5)"),
            ("Lovelace, Ada", "7", "3"),
            ("",),
            ('a "b"\nc', "", ""),
        )

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_the_delimiter_is_found_in_the_first_row(self, delimiter: str) -> None:
        spreadsheet = Spreadsheet(delimiter.join(("a", "b", "c")) + "\n" + delimiter.join(("1", "2", "3,4;5")))
        assert spreadsheet.rows[0] == ("a", "b", "c")

    def test_a_cell_is_filled_and_nothing_else_changes(self) -> None:
        spreadsheet = Spreadsheet(CANVAS)
        spreadsheet.fill(3, 2, "2.5")
        assert spreadsheet.render() == CANVAS.removesuffix("\r\n") + "2.5\r\n"

    def test_quotes_stay_where_they_were_and_come_where_they_are_needed(self) -> None:
        spreadsheet = Spreadsheet('a;b\n"1";2\n')
        spreadsheet.fill(1, 0, "3")
        spreadsheet.fill(1, 1, 'x;"y"')
        assert spreadsheet.render() == 'a;b\n"3";"x;""y"""\n'

    def test_a_row_that_ends_early_is_made_longer(self) -> None:
        spreadsheet = Spreadsheet("a,b,c\n1\n")
        spreadsheet.fill(1, 2, "3")
        assert spreadsheet.render() == "a,b,c\n1,,3\n"


class TestReading:
    @pytest.mark.parametrize(
        "data",
        [
            "Name,Grade\nZoë,1\n".encode(),
            "\ufeffName,Grade\nZoë,1\n".encode(),
            "\ufeffName\tGrade\nZoë\t1\n".encode("utf-16-le"),
            "\ufeffName\tGrade\nZoë\t1\n".encode("utf-16-be"),
            "Name,Grade\nZoë,1\n".encode("latin-1"),
            "Name,Grade\n王小明,1\n".encode("gbk"),
            b"Name,Grade\n\x81\x8d,1\n",
        ],
        ids=["utf-8", "utf-8 with mark", "utf-16 le", "utf-16 be", "latin-1", "gbk", "any bytes"],
    )
    def test_a_file_in_any_encoding_comes_back_byte_for_byte(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "grades.csv").write_bytes(data)
        exported = read_exported(tmp_path / "grades.csv")
        assert exported.encode(Spreadsheet(exported.text).render()) == data

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
    def test_its_signs_are_read(self, tmp_path: Path, encoding: str) -> None:
        (tmp_path / "grades.csv").write_text("Zoë;1\n", encoding=encoding)
        assert Spreadsheet(read_exported(tmp_path / "grades.csv").text).rows == (("Zoë", "1"),)

    def test_signs_that_an_old_encoding_lacks_are_written_for_html(self, tmp_path: Path) -> None:
        (tmp_path / "grades.csv").write_bytes(b"Zo\xeb\n")
        assert read_exported(tmp_path / "grades.csv").encode("Zoë ∂") == b"Zo\xeb &#8706;"

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"PK\x03\x04rest", "is a workbook, not a CSV file"),
            (b"a\0b", "is no CSV file: it is not text"),
            (b"\xff\xfea", "is no CSV file: it is not text"),
        ],
    )
    def test_what_is_no_csv_file_is_refused(self, tmp_path: Path, data: bytes, message: str) -> None:
        (tmp_path / "grades.csv").write_bytes(data)
        with pytest.raises(UsageError, match=f"grades.csv {message}"):
            read_exported(tmp_path / "grades.csv")

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"grades\.csv could not be read: No such file or directory\."):
            read_exported(tmp_path / "grades.csv")


class TestFormulas:
    @pytest.mark.parametrize("text", [FORMULA, "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"])
    def test_a_text_that_a_spreadsheet_would_run_gets_a_quote(self, text: str) -> None:
        assert without_formula(text) == f"'{text.strip()}"

    def test_where_cells_are_parted_at_semicolons_none_is_a_formula_either(self) -> None:
        assert without_formula("Ada; =1;Bob;+2") == "Ada; '=1;Bob;'+2"

    @pytest.mark.parametrize("text", ["Lovelace, Ada", "王小明", "a=b", "O'Hara", "'=1", ""])
    def test_others_stay(self, text: str) -> None:
        assert without_formula(text) == text

    def test_what_a_terminal_would_obey_is_written_out(self) -> None:
        assert without_formula(ANSI) == r"\x1b[31mMallory\x1b[0m [bold]M[/]"
        assert without_formula("a\nb\ud800") == r"a\nb\ud800"

    @given(st.text(st.characters()))
    def test_no_text_starts_like_a_formula(self, text: str) -> None:
        assert not without_formula(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_rows_are_written_with_quotes_where_they_are_needed() -> None:
    assert write([("a", 1, 2.5), ('x, "y"', "", "z")]) == 'a,1,2.5\n"x, ""y""",,z\n'
