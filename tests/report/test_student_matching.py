from __future__ import annotations

import pytest

from grader import model
from grader.report.student_matching import Row, match_rows


def person(name: str, **fields: str) -> model.Student:
    return model.Student(**({"key": name, "name": name} | fields))


def pairs(rows: list[Row], students: list[model.Student]) -> dict[int, int]:
    return match_rows(dict(enumerate(rows)), dict(enumerate(students)))


class TestMatching:
    def test_the_platforms_id_counts_before_all_else(self) -> None:
        rows = [Row(id="7", names=("Lovelace, Ada",)), Row(id="8", names=("Turing, Alan",))]
        assert pairs(rows, [person("Lovelace, Ada", id="8"), person("Turing, Alan", id="7")]) == {0: 1, 1: 0}

    def test_an_id_of_another_platform_is_no_match_where_login_and_name_say_otherwise(self) -> None:
        rows = [
            Row(id="1001", logins=("2002", "bob"), names=("Boole, Bob",)),
            Row(id="5005", logins=("1001", "ada"), names=("Lovelace, Ada",)),
        ]
        ada, bob = person("Ada Lovelace", key="1001", id="1001"), person("Bob Boole", key="2002", id="2002")
        assert pairs(rows, [ada]) == {1: 0}
        assert pairs(rows, [ada, bob]) == {0: 1, 1: 0}

    def test_then_logins_and_addresses_in_any_case(self) -> None:
        rows = [Row(id="1", logins=("ADA@example.org",)), Row(id="2", logins=("", "aturing"))]
        assert pairs(rows, [person("A", email="ada@example.org"), person("B", key="aturing")]) == {0: 0, 1: 1}

    @pytest.mark.parametrize("ours", ["lovelaceada", "adalovelace", "Ada Lovelace", "LOVELACE Ada", "Lovelace,Ada"])
    @pytest.mark.parametrize("theirs", ["Lovelace, Ada", "Ada Lovelace"])
    def test_then_the_letters_of_names_in_both_orders(self, ours: str, theirs: str) -> None:
        assert pairs([Row(names=(theirs,))], [person(ours)]) == {0: 0}

    def test_accents_and_punctuation_in_names_do_not_matter(self) -> None:
        assert pairs([Row(names=("O'Brien-Núñez, José María",))], [person("obriennunezjosemaria")]) == {0: 0}

    def test_names_in_other_scripts_are_compared_by_all_their_characters(self) -> None:
        assert pairs([Row(names=("王小明",)), Row(names=("王小",))], [person("王小明")]) == {0: 0}
        assert pairs([Row(names=("राम",))], [person("रमा")]) == {}

    def test_what_fits_several_rows_is_left_out(self) -> None:
        assert pairs([Row(id="1", names=("Wang Wei",)), Row(id="2", names=("Wei Wang",))], [person("wangwei")]) == {}

    def test_what_fits_several_students_is_left_out(self) -> None:
        assert pairs([Row(names=("Wang Wei",))], [person("Wang Wei", key="1"), person("wangwei", key="2")]) == {}

    def test_who_is_known_by_id_leaves_the_name_to_the_other(self) -> None:
        rows = [Row(id="1", names=("Wang Wei",)), Row(id="2", names=("Wang Wei",))]
        assert pairs(rows, [person("Wang Wei", id="1"), person("wangwei")]) == {0: 0, 1: 1}

    def test_where_ids_fit_a_namesake_is_somebody_else(self) -> None:
        rows = [Row(id="1", names=("Lovelace, Ada",)), Row(id="2", names=("Wang Wei",))]
        gone = person("wangwei", id="3")
        assert pairs(rows, [person("adalovelace", id="1"), gone]) == {0: 0}
        assert pairs(rows, [person("adalovelace", id="A17"), gone]) == {0: 0, 1: 1}

    def test_nothing_matches_nothing(self) -> None:
        assert pairs([Row(), Row(names=("123", ", "))], [person("123"), person("", key="k")]) == {}
