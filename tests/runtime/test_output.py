"""What is kept of a long output: each statement has its share, and what is missing is said."""

from __future__ import annotations

from threading import Thread
from types import SimpleNamespace
from typing import cast

import pytest

from grader.model import Limits, Outcome, Output, RunNote, UncaughtError
from grader.runtime.execute.output import MAX_TURNS, WIDE, Capture
from grader.runtime.protocol.record import OUTPUT_CUT as CUT
from grader.runtime.record.recorder import Recorder
from tests.helpers.observing import Observer, events, only

ROOM = 200_000
LINES = 'for number in range(20_000):\n    print("loss after step", number)\n'


class FakeRecorder:
    """Keeps what is sent, and has a statement that a test sets."""

    def __init__(self) -> None:
        self.statement = 1
        self.stream = SimpleNamespace(is_capturing=0)
        self.interruptible: list[bool] = []
        """Of each frame, whether the alarm of the time limit could have interrupted what led to it."""
        self.sent: list[tuple[int, str, str]] = []

    def place(self) -> int:
        return self.statement

    def send(self, kind: str, /, *, place: int, text: str, stream: str = "") -> None:
        self.interruptible.append(not self.stream.is_capturing)
        self.sent.append((place, kind, text))

    def text(self, statement: int | None = None) -> str:
        return "".join(text for place, kind, text in self.sent if kind == "output" and statement in (None, place))

    def notes(self) -> list[tuple[int, str]]:
        return [(place, text) for place, kind, text in self.sent if kind == "run_note"]


@pytest.fixture
def recorder() -> FakeRecorder:
    return FakeRecorder()


def capture(recorder: FakeRecorder, statements: int = 10) -> Capture:
    return Capture(cast(Recorder, recorder), ROOM, statements=statements)


def test_the_time_limit_does_not_interrupt_the_storing_of_output(recorder: FakeRecorder) -> None:
    written = capture(recorder)
    written.write("stdout", "x" * 10_000)
    other = Thread(target=written.write, args=("stdout", "y" * 10_000))
    other.start()
    other.join()
    # Alarms come to the main thread only, which another thread must not keep from being stopped.
    main = ["y" not in text for _, _, text in recorder.sent]
    assert recorder.interruptible == [not is_main for is_main in main]
    assert (set(main), recorder.stream.is_capturing) == ({True, False}, 0)


class TestTurns:
    def test_what_is_printed_and_what_is_displayed_stay_in_their_order(self, recorder: FakeRecorder) -> None:
        written = capture(recorder)
        for stream in ("stdout", "display", "stderr", "stdout"):
            written.write(stream, stream[:2])
        written.flush()
        assert [text for _, _, text in recorder.sent] == ["st", "di", "st", "st"]

    def test_a_loop_that_writes_to_both_streams_in_turn_loses_nothing_and_needs_few_frames(
        self, recorder: FakeRecorder
    ) -> None:
        written = capture(recorder)
        for number in range(5_000):
            written.write("stdout", f"{number}\n")
            written.write("stderr", "|")
            written.write("display", "-")
        written.flush()
        assert "4998\n-4999\n-" in recorder.text()
        assert recorder.notes() == []
        assert len(recorder.sent) <= 2 * MAX_TURNS


class TestShares:
    def test_a_short_output_is_kept_as_it_is(self, recorder: FakeRecorder) -> None:
        written = capture(recorder)
        for text in ("a\n", "b", "", "c\n"):
            written.write("stdout", text)
        written.flush()
        assert (recorder.text(), recorder.notes()) == ("a\nbc\n", [])

    def test_later_statements_keep_what_they_print(self, recorder: FakeRecorder) -> None:
        written = capture(recorder, statements=50)
        for recorder.statement in range(1, 50):
            for _ in range(1000):
                written.write("stdout", "x" * 400)
            written.flush()
        recorder.statement = 50
        written.write("stdout", "the end")
        written.flush()
        assert recorder.text(50) == "the end"
        marks = len(recorder.notes()) * len(CUT)
        assert len(recorder.text()) - marks <= ROOM

    def test_the_beginning_and_the_end_of_a_long_output_are_kept(self, recorder: FakeRecorder) -> None:
        written = capture(recorder)
        for number in range(100_000):
            written.write("stdout", f"{number}\n")
        written.flush()
        text = recorder.text()
        assert text.startswith("0\n1\n")
        assert text.endswith("99998\n99999\n")
        assert text.count(CUT) == 1

    def test_a_note_counts_what_is_missing(self, recorder: FakeRecorder) -> None:
        written = capture(recorder)
        written.write("stdout", "x" * 500_000)
        written.flush()
        kept = len(recorder.text()) - len(CUT)
        ((place, note),) = recorder.notes()
        assert place == 1
        assert note.startswith(
            f"{500_000 - kept:,} characters of what this printed were not recorded, after the first "
        )

    def test_an_output_that_just_fits_has_no_note(self, recorder: FakeRecorder) -> None:
        written = capture(recorder)
        for _ in range(80_000):
            written.write("stdout", "x")
        written.flush()
        assert (len(recorder.text()), recorder.notes()) == (80_000, [])

    def test_characters_that_take_more_bytes_count_more(self, recorder: FakeRecorder) -> None:
        written = capture(recorder)
        written.write("stdout", "✂" * ROOM)
        written.flush()
        kept = len(recorder.text()) - len(CUT)
        assert ROOM / 2 * 0.9 < WIDE * kept < ROOM

    def test_streams_stay_apart_in_what_is_kept_of_the_end(self, recorder: FakeRecorder) -> None:
        written = capture(recorder)
        written.write("stdout", "x" * 500_000)
        written.write("stderr", "warning")
        written.write("stdout", "done")
        written.flush()
        assert [text for _, kind, text in recorder.sent if kind == "output"][-2:] == ["done", "warning"]

    def test_more_statements_than_were_counted_cannot_exceed_the_whole(self, recorder: FakeRecorder) -> None:
        written = capture(recorder, statements=1)
        for recorder.statement in range(1, 200):
            written.write("stdout", "x" * 100_000)
        written.flush()
        assert len(recorder.text()) - len(recorder.notes()) * len(CUT) <= ROOM


def test_nothing_is_lost_or_stopped_by_a_long_output(observe: Observer) -> None:
    observation = observe(
        'print("x" * 5_000_000)',
        LINES,
        "class Plot:\n    def __repr__(self): return 'Figure({' + '1.5, ' * 1_500_000 + '})'\nPlot()",
        "print('the sum is', 6)",
        limits=Limits(wall_s=90.0),
    )
    assert observation.outcome is Outcome.COMPLETED
    texts = [
        "".join(event.text for event in events(observation, Output) if event.place.cell == cell) for cell in range(4)
    ]
    assert (texts[0], texts[3]) == ("x" * 5_000_000 + "\n", "the sum is 6\n")
    assert texts[1].count("loss after step 12345\n") == 1
    assert texts[2].endswith("1.5, })\n")
    notes = [(note.place and note.place.cell, note.text) for note in events(observation, RunNote)]
    assert notes[0] == (0, "this printed 5,000,001 characters. Checks read all of them; no report shows them.")
    assert [cell for cell, _ in notes] == [0, 2]
    assert "characters of what this printed were not recorded" in notes[1][1]


def test_printing_without_end_costs_time_and_not_the_rest(observe: Observer) -> None:
    observation = observe("while True:\n    print('x' * 1000)", "print('the sum is', 6)", limits=Limits(wall_s=4.0))
    assert events(observation, Output)[-1].text == "the sum is 6\n"
    assert observation.outcome is Outcome.TIMEOUT
    assert only(observation, UncaughtError).error.type == "Stopped"


def test_a_script_calls_the_shell_of_the_notebook_that_it_was_exported_from(observe: Observer) -> None:
    observation = observe("""
        get_ipython().system('pip install torch')
        get_ipython().run_line_magic('matplotlib', 'inline')
        print("on")
    """)
    assert only(observation, Output).text == "on\n"


def test_a_plain_script_has_no_shell(observe: Observer) -> None:
    observation = observe("try:\n    get_ipython\nexcept NameError:\n    print('none')")
    assert only(observation, Output).text == "none\n"
