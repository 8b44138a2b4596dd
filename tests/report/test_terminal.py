from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from grader import model
from grader.report.terminal import report as terminal
from grader.report.terminal import run as terminal_run
from grader.text import clean, clean_line, points, shorten
from tests.helpers.report_samples import HOSTILE, check, exercise, failed_check, hostile_report, report, run


def shown(*reports: model.Report, width: int = 80, encoding: str = "utf-8", color: bool = False) -> str:
    """What a terminal of that width and encoding is sent."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    console = Console(
        file=stream, width=width, force_terminal=color, color_system="truecolor" if color else None, _environ={}
    )
    terminal.render_all(reports, console=console)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


class TestOneReport:
    def test_a_failed_check_shows_message_values_source_and_hint_in_this_order(self) -> None:
        assert lines(shown(report(exercise(check(), failed_check(title="u is cut out")))))[2:11] == [
            "Backward, twice  double-backward                                         2.5 / 4",
            "  ✓ Two passes add up                                                      2 / 2",
            "  ✗ u is cut out                                                         0.5 / 2",
            "    x.grad is 3·x², the gradient of x³: `u` was still attached to the graph.",
            "    expected        [0, 1, 4, 9]",
            "    actual          [0, 3, 12, 27]",
            "    cell 3, line 2  z.sum().backward()",
            "    hint            Cut u out of the graph with detach().",
            "",
        ]

    def test_values_of_several_lines_stay_aligned(self) -> None:
        text = shown(report(exercise(failed_check(expected="[[1, 2],\n [3, 4]]", location=None, source=None))))
        assert "    expected  [[1, 2],\n               [3, 4]]\n" in "\n".join(lines(text))

    def test_a_passed_check_says_where_and_nothing_else(self) -> None:
        text = shown(report(exercise(check(location=model.Location(cell=4, line=1), message="Cell 4 has it."))))
        assert "✓ Two passes add up  cell 4, line 1" in text
        assert "Cell 4 has it." not in text

    def test_a_passed_check_may_carry_a_remark(self) -> None:
        text = shown(report(exercise(check(remark="What you printed is the sum of two passes."))))
        assert lines(text)[3:5] == [
            "  ✓ Two passes add up                                                      2 / 2",
            "    What you printed is the sum of two passes.",
        ]

    def test_a_script_without_cells_is_quoted_by_line(self) -> None:
        text = shown(report(exercise(failed_check(location=model.Location(cell=None, line=17)))))
        assert "    line 17   z.sum().backward()\n" in "\n".join(lines(text))

    def test_a_skipped_check_says_why_and_gives_no_hint(self) -> None:
        skipped = failed_check(status="skipped", score=0.0, message="It needs “Values of f”, which failed.")
        text = shown(report(exercise(skipped)))
        assert "– Two passes add up" in text
        assert "It needs “Values of f”, which failed." in text
        assert "hint" not in text

    def test_answers_that_a_person_marks_have_a_question_mark_for_points(self) -> None:
        text = shown(report(exercise(check(status="manual", score=None, message="A person reads this."))))
        assert re.search(r"\? Two passes add up +\? / 2\n", text)
        assert "Not final yet: 1 answer for a person to read." in text

    def test_words_that_a_person_marks_are_shown_with_their_place(self) -> None:
        words = model.Words(text="The graph\nis gone.", place="text below cell 3")
        waiting = exercise(check(status="manual", score=None, message="A person reads this."), words=words)
        assert lines(shown(report(waiting)))[5:7] == ["    written: text below cell 3", "    │ The graph is gone."]
        long = model.Words(text="word " * 1000, place="line 3")
        assert len(shown(report(exercise(check(status="manual", score=None), words=long)))) < 2000

    def test_words_beside_code_that_was_judged_are_not(self) -> None:
        words = model.Words(text="The graph is gone.", place="line 3")
        assert "gone" not in shown(report(exercise(failed_check(), words=words)))

    def test_what_could_not_be_graded_is_no_zero(self) -> None:
        text = shown(report(exercise(check(status="error", score=0.0, message="The reference gave no value."))))
        assert re.search(r"! Two passes add up +\? / 2\n", text)
        assert "Not final yet: 1 part that could not be graded." in text

    def test_exercises_that_nobody_asked_for_share_one_line(self) -> None:
        untried = [exercise(failed_check(), status="not_attempted", id=identity) for identity in ("sine", "cosine")]
        text = lines(shown(report(*untried, exercise(check()), max_score=2.0, basis="found")))
        assert "Not attempted: sine, cosine." in text
        assert sum("sine" in line for line in text) == 1

    def test_answers_that_nobody_asked_for_keep_nothing_open(self) -> None:
        untried = exercise(check(status="manual", score=None), status="not_attempted")
        assert "for a person" not in shown(report(untried, exercise(check()), max_score=2.0, basis="found"))

    def test_one_that_was_asked_for_says_what_it_lacks(self) -> None:
        lacking = check(status="failed", score=0.0, message="No backward was seen.", hint="Call backward().")
        text = shown(report(exercise(lacking, status="not_attempted", message="Nothing looks like an attempt.")))
        assert re.search(r"Backward, twice  double-backward +0 / 2\n  Nothing looks like an attempt\.\n", text)
        assert "hint  Call backward()." in text

    def test_of_an_assignment_one_in_which_nothing_was_found_is_one_sentence(self) -> None:
        lacking = check(status="failed", score=0.0, message="No backward was seen.", hint="Call backward().")
        untried = exercise(lacking, status="not_attempted", message="Nothing looks like an attempt.")
        text = shown(report(untried, basis="assignment"))
        assert re.search(r"Backward, twice  double-backward +0 / 2\n  Nothing looks like an attempt\.\n\n", text)
        found = replace(untried, checks=(replace(lacking, location=model.Location(cell=1, line=2)),))
        assert "No backward was seen." in shown(report(found, basis="assignment"))

    def test_where_nothing_was_attempted_it_says_what_to_do(self) -> None:
        text = shown(report(exercise(status="not_attempted", max_score=4.0), max_score=0.0), width=120)
        assert text.endswith(
            "Nothing was found that answers an exercise. Name one to see what is missing: --exercise ID.\n"
        )
        assert "Total" not in text

    def test_where_the_run_failed_before_nothing_was_found_that_is_the_first_thing_to_mend(self) -> None:
        error = model.RunError(location=None, type="NameError", text="name 'f' is not defined")
        untried = exercise(status="not_attempted", max_score=4.0)
        for of_run in (run(model.Outcome.FAILED, errors=(error,)), run(model.Outcome.TIMEOUT)):
            text = shown(report(untried, max_score=0.0, run=of_run), width=200)
            assert "What is told above about the run may be the reason: mend that first. Name one to see" in text

    @pytest.mark.parametrize(("score", "symbol"), [(0.5, "✎"), (0.0, "✎"), (2.0, "✓")])
    def test_what_a_person_marked_is_shown_as_marked(self, score: float, symbol: str) -> None:
        marked = check(status="manual", title="Why", score=score, max_score=2.0, message="A person has to read it.")
        text = shown(report(exercise(marked)))
        assert f"{symbol} Why" in text
        assert f"A person gave {score:g} of 2 points." in text
        assert "has to read" not in text

    def test_what_the_person_wrote_who_marked_a_check_is_shown(self) -> None:
        marked = check(comment="Nice."), failed_check(comment="Which buffer?", hint=None)
        text = lines(shown(report(exercise(*marked))))
        assert "    comment  Nice." in text
        assert "    comment         Which buffer?" in text

    def test_a_long_title_continues_below_itself(self) -> None:
        long = check(
            title="u has the values of y and is no longer part of the graph", location=model.Location(cell=14, line=12)
        )
        assert lines(shown(report(exercise(long)), width=76))[3:5] == [
            "  ✓ u has the values of y and is no longer part of the graph           2 / 2",
            "    cell 14, line 12",
        ]

    def test_everything_passed_is_said(self) -> None:
        text = shown(report(exercise(check())))
        assert re.search(r"Total  Everything asked for passed\. +2 / 2\n", text)

    def test_what_was_found_is_not_called_what_was_asked_for(self) -> None:
        text = shown(report(exercise(check()), basis="found"))
        assert re.search(r"Total of what was found  All that was found passed\. +2 / 2\n", text)
        assert "Graded is what was found; --assignment ID or --exercise ID asks for more." in text
        assert "asked for passed" not in text

    def test_an_assignment_is_named_with_the_numbers_of_its_sheet(self) -> None:
        named = {"basis": "assignment", "assignment": "hw2", "assignment_title": "Homework 2"}
        text = lines(shown(report(exercise(check(), number="2"), exercise(check(), bonus=True), **named)))
        assert text[1] == "Assignment: Homework 2  hw2"
        assert text[3].startswith("2 · Backward, twice  double-backward")
        assert re.match(r"Backward, twice  double-backward  bonus +2 / 2", text[6])

    def test_the_total_stands_at_the_end(self) -> None:
        assert re.fullmatch(r"Total +2\.5 / 4", lines(shown(report(exercise(check(), failed_check()))))[-1])

    def test_checks_without_points_show_none(self) -> None:
        text = lines(shown(report(exercise(check(score=0.0, max_score=0.0), check()))))
        assert "  ✓ Two passes add up" in text

    def test_strict_isolation_is_not_mentioned(self) -> None:
        assert "solation" not in shown(report(exercise(check())))

    def test_less_isolation_is_one_line(self) -> None:
        isolation = model.Isolation(level=model.Level.REDUCED, mechanisms=(), missing=("no user namespaces",))
        text = shown(report(exercise(check()), isolation=isolation))
        assert "\nIsolation is reduced, not strict; `grade doctor` says why.\n" in text
        isolation = replace(isolation, missing=(model.NO_MORE_ASKED,))
        text = shown(report(exercise(check()), isolation=isolation))
        assert "\nIsolation is reduced, not strict; as `--isolation` asked.\n" in text


class TestTheRun:
    def test_a_completed_run_is_not_mentioned(self) -> None:
        assert lines(shown(report(exercise(check()))))[:3:2] == [
            "homework.ipynb",
            "Backward, twice  double-backward                                           2 / 2",
        ]

    def test_its_end_is_told_in_its_own_words(self) -> None:
        text = shown(report(run=run(model.Outcome.TIMEOUT, detail="Cell 9 ran for 20 s and was stopped.")), width=100)
        assert "Cell 9 ran for 20 s and was stopped.\nWhat was observed is graded.\n" in text

    @pytest.mark.parametrize(
        "outcome", [each for each in model.Outcome if each not in (model.Outcome.COMPLETED, model.Outcome.FAILED)]
    )
    def test_every_end_has_a_sentence(self, outcome: model.Outcome) -> None:
        assert lines(shown(report(run=run(outcome)), width=120))[1].endswith(".")

    def test_uncaught_errors_are_listed_shortly(self) -> None:
        error = model.RunError(location=model.Location(cell=3, line=2), type="RuntimeError", text="graph " * 99)
        text = shown(report(run=run(model.Outcome.FAILED, errors=(error,))), width=160)
        assert "Uncaught errors:\n" in text
        assert "  cell 3, line 2  RuntimeError: graph graph" in text
        assert len(re.findall("graph", text)) < 30

    def test_many_errors_are_counted(self) -> None:
        error = model.RunError(location=None, type="KeyError", text="")
        text = shown(report(run=run(model.Outcome.FAILED, errors=(error,) * 20)))
        assert text.count("KeyError") == terminal_run.ERRORS_SHOWN
        assert "and 14 more" in text

    def test_notices_are_shown(self) -> None:
        assert "Note: `!pip install x` does nothing here." in shown(
            report(run=run(notices=("`!pip install x` does nothing here.",)))
        )


class TestRepetitions:
    def test_a_hint_of_several_checks_is_given_once(self) -> None:
        text = shown(report(exercise(failed_check(), failed_check(id="b"), failed_check(id="c", hint="Other."))))
        assert text.count("Cut u out") == 1
        assert "Other." in text

    def test_of_an_assignment_the_reason_for_several_untouched_exercises_is_given_once(self) -> None:
        untried = [
            exercise(failed_check(location=None), status="not_attempted", id=identity, message="Nothing was found.")
            for identity in ("sine", "cosine")
        ]
        text = shown(report(*untried, basis="assignment"))
        assert text.count("Nothing was found.") == 1
        assert re.search(r"Backward, twice  cosine  not attempted +0\.5 / 2\n", text)

    def test_a_note_is_printed_once(self) -> None:
        assert shown(report(run=run(notices=("A note.", "A note.")))).count("A note.") == 1


class TestSeveralReports:
    def test_each_has_a_line_in_the_summary(self) -> None:
        stopped = report(exercise(failed_check()), path="b.py", run=run(model.Outcome.TIMEOUT))
        text = lines(shown(report(exercise(check(), check()), path="a.ipynb"), stopped))
        assert text[-3].split("  ")[0] == "Submission"
        assert re.fullmatch(r"a\.ipynb +4 / 4 +2 of 2 +completed", text[-2])
        assert re.fullmatch(r"b\.py +0\.5 / 2 +0 of 1 +timeout", text[-1])

    def test_one_report_needs_no_summary(self) -> None:
        assert "Submission" not in shown(report(exercise(check())))


class TestHostileText:
    def test_no_control_character_reaches_the_terminal(self) -> None:
        text = shown(hostile_report())
        bad = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n"}
        assert bad == set()

    def test_colours_are_only_our_own(self) -> None:
        text = shown(hostile_report(), color=True)
        assert set(re.findall(r"\x1b(?!\[[0-9;]*m)", text)) == set()
        assert "\x9b" not in text

    def test_markup_and_emoji_codes_are_plain_text(self) -> None:
        text = shown(hostile_report(), width=300)
        assert text.count("[bold red]x[/]") >= 12
        assert ":bomb:" in text

    def test_the_name_of_the_file_stays_on_its_line(self) -> None:
        assert lines(shown(report(path="a.ipynb\nTotal 10 / 10")))[0] == r"a.ipynb\nTotal 10 / 10"

    def test_the_summary_is_clean_too(self) -> None:
        text = shown(hostile_report(), hostile_report(), width=200)
        assert "\x1b" not in text
        assert "\u202e" not in text


class TestTerminals:
    @pytest.mark.parametrize("width", [60, 80, 100, 120])
    def test_nothing_is_wider_than_the_terminal(self, width: int) -> None:
        text = shown(
            report(exercise(check(), failed_check(source="x = " + "1 + " * 99), title="long " * 30)), width=width
        )
        assert max(cell_len(line) for line in text.splitlines()) <= width

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk", "utf-8"])
    def test_every_encoding_can_show_every_report(self, encoding: str) -> None:
        assert "homework" in shown(report(exercise(failed_check(message=HOSTILE)), run=run()), encoding=encoding)
        assert shown(hostile_report(), hostile_report(), encoding=encoding)

    def test_ascii_terminals_read_words_for_marks(self) -> None:
        text = shown(report(exercise(check(), failed_check(), check(status="skipped"))), encoding="ascii")
        assert "  pass Two passes add up" in text
        assert "  FAIL Two passes add up" in text
        assert "  skip Two passes add up" in text
        assert "x.grad is 3*x^2, the gradient of x^3" in text

    def test_no_line_ends_with_blanks(self) -> None:
        waiting = check(status="manual", score=None, message="A person reads this.")
        words = model.Words(text="word " * 99, place="line 3")
        text = shown(
            report(exercise(check(title="long " * 30), failed_check(expected="[1,\n 2]"), waiting, words=words)),
            report(),
        )
        assert [line for line in text.splitlines() if line != line.rstrip()] == []

    @pytest.mark.parametrize(
        ("score", "colour"), [(0.0, "31"), (0.9, "38;5;166"), (1.0, "33"), (1.9, "33"), (2.0, "32")]
    )
    def test_the_colour_of_points_is_that_of_their_share(self, score: float, colour: str) -> None:
        text = shown(report(exercise(check(), failed_check(score=score))), color=True)
        assert f"\x1b[{colour}m  {points(score)} / 2\x1b[0m" in text

    @pytest.mark.parametrize("width", [50, 60, 80, 100, 120])
    def test_no_place_is_broken(self, width: int) -> None:
        place = model.Location(
            cell=13, line=12, cell_begins="x = torch.arange(4.0, requires_grad=Tru…", execution_count=21
        )
        alone = replace(place, execution_count=None)
        source = "u = y.clone()      # has nothing to do with y any more"
        errors = [
            model.RunError(location=each, type="NameError", text="name 'z'", source=source, provoked=provoked)
            for each, provoked in ((place, False), (alone, False), (replace(place, line=13), True))
        ]
        text = shown(
            report(
                exercise(
                    check(location=alone), failed_check(location=place), failed_check(location=place, source=None)
                ),
                run=run(model.Outcome.FAILED, errors=tuple(errors)),
            ),
            width=width,
        )
        assert len(re.findall(r"(?:In \[21\]|cell 13)(?: \(`x = .*…`\))?, line 1[23]", text)) == 6
        assert max(cell_len(line) for line in text.splitlines()) <= width


class TestText:
    @pytest.mark.parametrize(
        ("number", "text"),
        [(4.0, "4"), (2.5, "2.5"), (1 / 3, "0.33"), (0.1 + 0.2, "0.3"), (0.0, "0"), (-0.001, "0"), (100.0, "100")],
    )
    def test_points_print_as_people_write_them(self, number: float, text: str) -> None:
        assert points(number) == text

    def test_places_name_cells_only_where_there_are_some(self) -> None:
        assert model.Location(cell=3, line=2).in_words() == "cell 3, line 2"
        assert model.Location(cell=None, line=17).in_words() == "line 17"

    def test_what_a_terminal_would_obey_is_written_out(self) -> None:
        assert clean("\x1b[31m\x07\x9b\u202e\u2066\u200b\ud800\U000e0041") == (
            r"\x1b[31m\x07\x9b\u202e\u2066\u200b\ud800\U000e0041"
        )

    def test_what_a_ci_service_would_obey_is_written_out(self) -> None:
        assert clean("::error::x\n\n  ::debug::y x[::2]") == "\\::error::x\n\n  \\::debug::y x[::2]"
        assert clean("a ##[error]b ##vso[c] ## [d](e)") == r"a \x23#[error]b \x23#vso[c] ## [d](e)"

    def test_all_scripts_joiners_and_line_ends_stay(self) -> None:
        kept = "x² ≤ 好 é שלום 👩\u200d🔬\nnext"
        assert clean(kept) == kept

    def test_tabs_become_spaces_and_windows_line_ends_plain_ones(self) -> None:
        assert clean("\tx\r\ny\rz") == "    x\ny\\rz"

    def test_one_line_stays_one_line(self) -> None:
        assert clean_line(" a\nb\u2028c ") == r"a\nb\u2028c"

    @given(st.text(st.characters()))
    def test_cleaning_twice_changes_nothing(self, text: str) -> None:
        assert clean(clean(text)) == clean(text)

    def test_shortened_text_fits_and_says_so(self) -> None:
        assert shorten("abcdef", 6) == "abcdef"
        assert shorten("abcdefg", 6) == "abcde…"


CELL = model.Location(cell=3, line=2, cell_begins="x = f(2)")
COUNTED = model.Location(cell=3, line=2, cell_begins="x = f(2)", execution_count=7)


def raised(line: int = 2, **fields: Any) -> model.RunError:
    defaults: dict[str, Any] = {
        "location": model.Location(cell=3, line=line, cell_begins="x = f(2)"),
        "type": "NameError",
        "text": "name 'f' is not defined",
        "source": "y = f(3)",
    }
    return model.RunError(**(defaults | fields))


class TestErrors:
    def shown(self, *errors: model.RunError, width: int = 80) -> list[str]:
        return lines(shown(report(exercise(check()), run=run(model.Outcome.FAILED, errors=errors)), width=width))[1:]

    def test_an_error_has_the_students_line_and_the_cells_first_line(self) -> None:
        assert self.shown(raised())[:3] == [
            "Uncaught errors:",
            "  cell 3 (`x = f(2)`), line 2  y = f(3)",
            "    NameError: name 'f' is not defined",
        ]

    def test_a_message_of_several_lines_is_shown_in_one(self) -> None:
        error = raised(type="TypeError", text="arange() got x, not one of:\n * (Number end)\n * (Number start)")
        assert "TypeError: arange() got x, not one of: * (Number end)" in self.shown(error)[2]

    def test_a_line_that_is_the_cells_first_is_not_said_twice(self) -> None:
        assert self.shown(raised(1, source="x = f(2)"))[1] == "  cell 3, line 1  x = f(2)"

    def test_what_follows_from_it_is_one_line(self) -> None:
        followers = [raised(line, cause=CELL, needs=("y",)) for line in (5, 6, 7)]
        assert self.shown(raised(), *followers)[2:5] == [
            "    NameError: name 'f' is not defined",
            "    and 3 more statements failed, for lack of `y`",
            "",
        ]

    def test_below_the_total_the_error_from_which_most_others_follow_is_named_again(self) -> None:
        other = [raised(20), raised(21, cause=model.Location(cell=3, line=20), needs=("z",))]
        followers = [raised(line, cause=CELL, needs=("y",)) for line in (5, 6, 7)]
        failed = report(exercise(failed_check()), run=run(model.Outcome.FAILED, errors=(*other, raised(), *followers)))
        last = "First mend cell 3 (`x = f(2)`), line 2: 3 more statements failed because of it."
        assert lines(shown(failed))[-1] == last
        assert "First mend" not in shown(replace(failed, passed=True))

    def test_a_statement_that_was_stopped_is_told_once(self) -> None:
        stopped = run(
            model.Outcome.TIMEOUT, detail="stopped at line 2", errors=(raised(type="Stopped", text="too long"),)
        )
        text = shown(report(exercise(check()), run=stopped))
        assert lines(text)[1:5] == [
            "Stopped at line 2.",
            "  cell 3 (`x = f(2)`), line 2  y = f(3)",
            "What was observed is graded.",
            "If no loop in it is endless, --timeout SECONDS gives it more time.",
        ]
        assert "Uncaught errors" not in text

    def test_what_a_check_wants_is_told_apart(self) -> None:
        wanted = raised(9, type="RuntimeError", provoked=True, location=COUNTED)
        assert self.shown(wanted)[0] == "An exercise asks for an error: In [7], line 2 (RuntimeError)."
        assert "Uncaught errors:" not in self.shown(wanted)

    def test_a_run_with_wanted_errors_only_is_completed_in_the_table(self) -> None:
        ends = {}
        for name, error in (("wanted", raised(provoked=True)), ("own", raised())):
            one = report(exercise(check()), path=name, run=run(model.Outcome.FAILED, errors=(error,)))
            page = terminal.render_page([one, one], many=True)
            ends[name] = page.splitlines()[-1].rstrip()
        assert ends["wanted"].endswith("completed")
        assert ends["own"].endswith("with errors")

    def test_an_error_that_explains_a_check_is_printed_once(self) -> None:
        reason = "Cell 3 raised NameError: name 'f' is not defined."
        failed = [failed_check(message=f"No curve was found. {reason}"), failed_check(message=f"No pass ran. {reason}")]
        text = shown(report(exercise(*failed, message=reason)))
        assert text.count("raised NameError") == 1
        assert "No pass ran. See the error above." in text


class TestPlaces:
    def test_a_place_that_is_long_has_its_own_line(self) -> None:
        text = lines(shown(report(exercise(failed_check(location=CELL, expected=None, actual=None, hint=None)))))
        assert text[text.index("    at  cell 3 (`x = f(2)`), line 2") + 1] == "        z.sum().backward()"

    def test_of_a_check_that_passed_the_number_is_enough_where_an_editor_shows_it(self) -> None:
        assert "Two passes add up  In [7], line 2" in shown(report(exercise(check(location=COUNTED))))
        assert "Two passes add up  cell 3 (`x = f(2)`), line 2" in shown(report(exercise(check(location=CELL))))

    def test_else_the_cells_first_line_is_there_even_if_it_takes_another_line(self) -> None:
        text = shown(report(exercise(check(title="t" * 50, location=CELL))))
        assert "cell 3 (`x = f(2)`), line 2" in " ".join(text.replace("2 / 2", "").split())


class TestWhatWasNotAttempted:
    def names(self, count: int) -> list[model.ExerciseReport]:
        return [exercise(id=f"exercise-{number}", status="not_attempted") for number in range(count)]

    def lines_about_it(self, count: int, **fields: Any) -> list[str]:
        text = shown(report(exercise(check()), *self.names(count), **fields))
        return [line for line in lines(text) if "exercise-" in line or "ttempted:" in line]

    def test_it_is_one_line(self) -> None:
        assert self.lines_about_it(2, basis="found") == ["Not attempted: exercise-0, exercise-1."]
        (line,) = self.lines_about_it(40, basis="found")
        assert re.fullmatch(r"Not attempted: exercise-0, .* and 36 more\.", line)
        assert len(line) <= 80

    def test_where_exercises_were_asked_for_they_stand_among_the_others(self) -> None:
        assert not any("Not attempted:" in line for line in self.lines_about_it(2, basis="exercises"))

    def test_a_name_that_fits_nowhere_is_counted(self) -> None:
        long = exercise(id="x" * 99, status="not_attempted")
        assert "Not attempted: 1 exercise." in shown(report(exercise(check()), long, basis="found"))


def test_the_reason_of_an_unreadable_file_does_not_repeat_its_name() -> None:
    one = model.Report.of_unreadable("a/n.ipynb", "a/n.ipynb: the notebook is empty. Save it.", seed=0)
    assert one.run.outcome is model.Outcome.NOT_RUN
    assert lines(shown(one))[:2] == [
        "a/n.ipynb",
        "It could not be read, so nothing was graded. The notebook is empty. Save it.",
    ]
