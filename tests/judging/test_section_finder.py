"""Where sections begin and end, to the line, and what opens none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from grader.judging.sections import ExerciseNames, Section, find_sections
from grader.judging.sections.hashed_questions import HashedQuestion, hashes_of
from grader.model import RunPlace
from grader.submission import load
from tests.helpers.submission_files import code, markdown, notebook

SECOND = ExerciseNames(
    id="second-derivative",
    title="The second derivative",
    asks=(
        "Why do second derivatives cost so much more than first derivatives?",
        "为什么二阶导数的代价比一阶导数高得多？",
    ),
)
TWICE = ExerciseNames(
    id="double-backward",
    title="Backward, twice",
    asks=("Run the backward pass a second time and describe what you see.", "把反向传播再运行一次并描述看到的现象。"),
)
VECTOR = ExerciseNames(
    id="vector-control-flow",
    title="Control flow with a vector input",
    asks=("What changes if the input of the control flow function is a vector?",),
)
ALL = (SECOND, TWICE, VECTOR)

Found = dict[str, Section]
Find = Callable[..., Found]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """The sections of a script, of notes or of a notebook's cells."""

    def find(*content: object, name: str = "homework.py", **options: object) -> Found:
        path = tmp_path / (name if isinstance(content[0], str) else "homework.ipynb")
        path.parent.mkdir(exist_ok=True)
        if isinstance(content[0], str):
            path.write_text(content[0], encoding="utf-8")
        else:
            import json

            path.write_text(json.dumps(notebook(*content)), encoding="utf-8")
        return find_sections(load(str(path)), ALL, **options)  # type: ignore[arg-type]

    return find


def lines_of(found: Found, exercise: ExerciseNames, count: int, *, cell: int = 0) -> list[int]:
    """The lines of a cell that are in the section of an exercise."""
    section = found[exercise.id]
    if not section.by_heading:
        return []
    return [line for line in range(1, count + 1) if RunPlace(cell=cell, line=line, statement=0) in section]


class TestWhereSectionsBeginAndEnd:
    def test_a_comment_opens_a_section_that_ends_where_the_next_begins(self, find: Find) -> None:
        found = find(
            "# 1. Why do second derivatives cost so much more than first derivatives?\n"
            "# The graph is larger.\n"
            "x = 1\n"
            "# 2. Run the backward pass a second time and describe what you see\n"
            "y = 2\n"
        )
        assert lines_of(found, SECOND, 5) == [1, 2, 3]
        assert lines_of(found, TWICE, 5) == [4, 5]

    def test_a_program_below_questions_and_answers_belongs_to_none_of_them(self, find: Find) -> None:
        found = find(
            "# Why do second derivatives cost so much more than first derivatives?\n"
            "# Because the graph of the first has to be kept.\n"
            "import torch\n"
            "x = 1\n"
        )
        assert lines_of(found, SECOND, 4) == [1, 2]

    def test_another_question_of_the_sheet_ends_a_section(self, find: Find) -> None:
        other = "Compute the price that the winner of an auction pays, and its gradient."
        questions = (HashedQuestion(exercise=None, hashes=hashes_of(other)),)
        text = f"# Run the backward pass a second time and describe what you see.\nx = 1\n# 6. {other}\ny = 2\n"
        assert lines_of(find(text, questions=questions), TWICE, 4) == [1, 2]
        assert lines_of(find(text), TWICE, 4) == [1, 2, 3, 4]

    def test_the_next_number_ends_a_section_whose_question_had_one(self, find: Find) -> None:
        text = (
            "# 2. Run the backward pass a second time and describe what you see.\nx = 1\n# 3. Something else\ny = 2\n"
        )
        assert lines_of(find(text), TWICE, 4) == [1, 2]

    def test_numbers_inside_an_answer_end_nothing(self, find: Find) -> None:
        text = (
            "# 2. Run the backward pass a second time and describe what you see.\n"
            "# 1. It raises.\n# 2. The graph is gone.\n# 3. It can be kept.\nx = 1\n"
        )
        assert lines_of(find(text, numbers={SECOND.id: ("1",), VECTOR.id: ("3",)}), TWICE, 5) == [1, 2, 3, 4, 5]

    def test_a_heading_about_something_else_ends_it_and_one_for_the_answer_does_not(self, find: Find) -> None:
        found = find(
            markdown("## Backward, twice"),
            code("x = 1"),
            markdown("## Solution"),
            code("y = 2"),
            markdown("## Summary of the week"),
            code("z = 3"),
        )
        assert [lines_of(found, TWICE, 1, cell=number) for number in range(3)] == [[1], [1], []]

    def test_headings_below_it_belong_to_it(self, find: Find) -> None:
        found = find(
            markdown("# Backward, twice"), markdown("## First try"), code("x = 1"), markdown("# Next"), code("y")
        )
        assert [lines_of(found, TWICE, 1, cell=number) for number in range(2)] == [[1], []]

    @pytest.mark.parametrize("text", ["**Backward, twice**: it fails, I think.", "2. __Backward, twice__ It fails."])
    def test_words_in_bold_before_an_answer_are_a_title(self, find: Find, text: str) -> None:
        found = find(markdown(text), code("x = 1"))
        assert lines_of(found, TWICE, 1) == [1]

    def test_a_question_stands_anywhere(self, find: Find) -> None:
        found = find('def task():\n    """What I did.\n\n    把反向传播再运行一次，描述看到的现象"""\n    x = 1\n')
        assert lines_of(found, TWICE, 5) == [4, 5]

    def test_it_may_be_wrapped_edited_or_cut_off(self, find: Find) -> None:
        text = "# 2) Run the\n# backward pass for a second time, then describe\n# what you see\nx = 1\n"
        assert lines_of(find(text), TWICE, 4) == [1, 2, 3, 4]


class TestLists:
    QUESTIONS = (
        "1. Why do second derivatives cost so much more than first derivatives?\n"
        "2. Run the backward pass a second time and describe what you see.\n"
        "3. What changes if the input of the control flow function is a vector?\n"
    )

    def test_a_list_of_questions_opens_no_section(self, find: Find) -> None:
        found = find(markdown(self.QUESTIONS), code("x = 1"))
        assert not any(section.named for section in found.values())

    def test_it_teaches_the_numbers_of_the_answers_below(self, find: Find) -> None:
        found = find(
            markdown(self.QUESTIONS), code("x = 1"), markdown("2."), code("y = 2"), markdown("3. a vector"), code("z")
        )
        assert [lines_of(found, TWICE, 1, cell=number) for number in range(3)] == [[], [1], []]
        assert [lines_of(found, VECTOR, 1, cell=number) for number in range(3)] == [[], [], [1]]

    def test_a_list_in_which_every_item_has_the_number_one_is_counted(self, find: Find) -> None:
        ones = self.QUESTIONS.replace("2. ", "1. ").replace("3. ", "1. ")
        found = find(markdown(ones), code("x = 1"), markdown("**2**"), code("y = 2"))
        assert lines_of(found, TWICE, 1, cell=1) == [1]

    def test_the_first_answer_below_it_is_told_by_its_number_and_more_words_on_a_question_are_none(
        self, find: Find
    ) -> None:
        ones = self.QUESTIONS.replace("2. ", "1. ").replace("3. ", "1. ").replace("you see.", "you see. Explain.")
        found = find(markdown(ones), markdown("1. For it costs."), code("x"), markdown("2. An error."), code("y"))
        assert [lines_of(found, SECOND, 1, cell=number) for number in range(2)] == [[1], []]
        assert [lines_of(found, TWICE, 1, cell=number) for number in range(2)] == [[], [1]]

    @pytest.mark.parametrize(
        "first",
        [
            "## Exercise 1\n\nThe graph is larger.",
            "# 第1题\n",
            "**1**\n",
            "Exercise 1: for it costs.",
            "Answer 1: it costs.",
        ],
    )
    @pytest.mark.parametrize("numbers", [{}, {SECOND.id: ("1",), TWICE.id: ("2",), VECTOR.id: ("3",)}])
    def test_any_title_below_it_is_read_by_the_numbers_that_it_teaches(
        self, find: Find, first: str, numbers: Mapping[str, tuple[str, ...]]
    ) -> None:
        found = find(markdown(self.QUESTIONS), markdown(first), code("x = 1"), numbers=numbers)
        assert lines_of(found, SECOND, 1) == [1]
        assert lines_of(found, VECTOR, 1) == []

    def test_its_order_is_that_of_the_answers(self, find: Find) -> None:
        lines = self.QUESTIONS.splitlines()
        found = find(
            markdown("\n".join((lines[1], lines[0], lines[2]))),
            *(cell for number in (2, 1, 3) for cell in (markdown(f"{number}. It is so."), code("x"))),
        )
        for position, exercise in enumerate((TWICE, SECOND, VECTOR)):
            assert lines_of(found, exercise, 1, cell=position) == [1]

    def test_answers_between_the_questions_make_it_no_list(self, find: Find) -> None:
        answered = self.QUESTIONS.replace("?\n", "?\n   My answer to that.\n")
        found = find(markdown(answered), code("x = 1"))
        assert found[SECOND.id].named
        assert lines_of(found, VECTOR, 1) == [1]


class TestNumbers:
    @pytest.mark.parametrize(
        "title",
        [
            "Exercise 2",
            "## 2.",
            "**Q2**",
            "练习 2",
            "作业2：",
            "第二题",
            "Problem 2 (second try)",
            "#Ex. 2",
            "题目2",
            "Übung 2",
            "任务2",
            "実験2",
            "課題２",
            "問2",
            "練習問題2",
            "2번 문제",
            "Exercise two",
            "Exercise II:",
            "2nd exercise",
            "②",
            "Opgave 2",
            "Zadanie 2",
            "Soru 2",
            "Questão 2",
            "Câu 2",
            "No. 2",
            "Answer 2",
            "答2：",
            "Exercise 02",
            "Exercise 2a",
            "HW1 Q2",
            "### 2.5.6 练习 2",
        ],
    )
    def test_the_assignments_number_opens_a_section(self, find: Find, title: str) -> None:
        found = find(markdown(title), code("x = 1"), numbers={TWICE.id: ("2",)})
        assert lines_of(found, TWICE, 1) == [1]

    @pytest.mark.parametrize("comment", ["# 2", "# 2.", "# (2)", "# Exercise 2", "# --- Question 2 ---", "# 练习2"])
    def test_so_does_a_comment(self, find: Find, comment: str) -> None:
        assert lines_of(find(f"a = 0\n{comment}\nx = 1\n", numbers={TWICE.id: ("2",)}), TWICE, 3) == [2, 3]

    def test_so_does_a_function(self, find: Find) -> None:
        text = "def exercise_2():\n    return 1\n\n\ndef exercise_3():\n    return 2\n"
        assert lines_of(find(text, numbers={TWICE.id: ("2",)}), TWICE, 6) == [1, 2, 3, 4]

    @pytest.mark.parametrize("title", ["Exercise 2", "2.", "Q2"])
    def test_without_an_assignment_a_number_says_nothing(self, find: Find, title: str) -> None:
        assert not find(markdown(title), code("x = 1"))[TWICE.id].named

    @pytest.mark.parametrize(
        "line",
        ["Exercise 2: it is an error", "Ex2: it is an error", "答2：会报错，因为计算图没有了", "**Q2.** an error"],
    )
    def test_so_does_a_line_in_the_middle_of_a_paragraph(self, find: Find, line: str) -> None:
        found = find(f"Name: Ada\n{line}\nand more.\n", name="a.md", numbers={TWICE.id: ("2",)})
        owned = [item for item in found[TWICE.id].whole.units if TWICE.id in item.owners]
        assert {item.unit.line for item in owned} == {2, 3}

    def test_so_does_a_text_with_a_number_in_its_name(self, find: Find) -> None:
        text = 'answer_1 = "it costs more"\nanswer_2 = """It is an error."""\n'
        assert lines_of(find(text, numbers={TWICE.id: ("2",)}), TWICE, 2) == [2]

    @pytest.mark.parametrize("name", ["TestExercise2", "Ex2"])
    def test_so_does_a_class(self, find: Find, name: str) -> None:
        for body in ("    x = 1\n", "  x = 1\n    y = (\n"):
            assert 1 in lines_of(find(f"class {name}:\n{body}", numbers={TWICE.id: ("2",)}), TWICE, 2)

    @pytest.mark.parametrize("tag", ["exercise-2", "q2", "Exercise 3"])
    def test_so_does_a_tag_of_a_cell(self, find: Find, tag: str) -> None:
        cells = code("x = 1", metadata={"tags": [tag]}), code("y = 2")
        found = find(*cells, numbers={TWICE.id: ("2",), VECTOR.id: ("3",)})
        assert [lines_of(found, VECTOR if "3" in tag else TWICE, 1, cell=number) for number in range(2)] == [[1], []]

    @pytest.mark.parametrize(
        "line",
        [
            "Exercise 2 was hard for me",
            "Question I had: none",
            "a2",
            "as in exercise 2: see",
            "No. 2 pencils",
            "2nd task of my list",
        ],
    )
    def test_a_sentence_does_not(self, find: Find, line: str) -> None:
        assert not find(f"Dear reader,\nthis is it.\n{line}\n", name="a.md", numbers={TWICE.id: ("2",)})[TWICE.id].named

    @pytest.mark.parametrize("title", ["Exercise 12", "Exercise 2.1", "2.5 Autograd", "Chapter 2", "20 apples"])
    def test_another_number_does_not(self, find: Find, title: str) -> None:
        assert not find(markdown(f"## {title}"), code("x = 1"), numbers={TWICE.id: ("2",)})[TWICE.id].named

    def test_a_numbered_heading_of_ones_own_does_not(self, find: Find) -> None:
        found = find(markdown("## 2. With a mean it can be differentiated"), code("x = 1"), numbers={TWICE.id: ("2",)})
        assert not found[TWICE.id].named

    def test_answers_by_their_numbers_alone_stand_below_a_title_for_exercises(self, find: Find) -> None:
        answers = "1. the graph is larger\n2. it is an error\n"
        numbers = {SECOND.id: ("1",), TWICE.id: ("2",)}
        assert find(markdown(f"## Exercises\n{answers}"), numbers=numbers)[TWICE.id].named
        assert not find(markdown(f"## How it works\n{answers}"), numbers=numbers)[TWICE.id].named
        steps = "# 1. make a tensor\nx = 1\n# 2. run backward\ny = 2\n"
        assert not find(steps, numbers=numbers)[TWICE.id].named
        assert lines_of(find(f"# 课后作业\n\n{steps}", numbers=numbers), TWICE, 6) == [5, 6]

    def test_a_number_that_fits_two_exercises_only_ranks(self, find: Find) -> None:
        found = find(markdown("Exercise 4"), code("x = 1"), numbers={TWICE.id: ("2", "4"), VECTOR.id: ("3", "4")})
        assert not found[TWICE.id].named
        assert found[TWICE.id].is_mentioned_at(RunPlace(cell=0, line=1, statement=0))
        assert not found[SECOND.id].is_mentioned_at(RunPlace(cell=0, line=1, statement=0))

    def test_headings_by_their_numbers_alone_stand_below_one_for_exercises(self, find: Find) -> None:
        numbers = {SECOND.id: ("1",), TWICE.id: ("2",)}
        for title in ("# Exercises", "# 练习", "# Übungen"):
            cells = markdown(f"{title}\n## 1. Slower\nIt costs."), markdown("## 2. Run it again"), code("x = 1")
            assert lines_of(find(*cells, numbers=numbers), TWICE, 1) == [1]
        cells = markdown("# Exercises\n\n# Lecture\n## 2. Run it again"), code("x = 1")
        assert not find(*cells, numbers=numbers)[TWICE.id].named

    @pytest.mark.parametrize(
        "title",
        [
            "# Homework 2",
            "# HW2 - Ada",
            "**Homework 2** by Ada",
            "Homework 2, Ada",
            "# Assignment 2: slopes",
            "# 作业2",
        ],
    )
    def test_the_number_of_the_sheet_is_none_of_its_exercises(self, find: Find, title: str) -> None:
        sheet = ("hw2", "Homework 2: slopes")
        assert not find(markdown(title), code("x"), numbers={TWICE.id: ("2",)}, sheet=sheet)[TWICE.id].named
        for text in (f"# {title}\nx = 1\n", f'"""\n{title}\n"""\nx = 1\n', f"print('{title}')\nx = 1\n"):
            assert not find(text, numbers={TWICE.id: ("2",)}, sheet=sheet)[TWICE.id].named
        assert find(markdown("# Exercise 2"), code("x"), numbers={TWICE.id: ("2",)}, sheet=sheet)[TWICE.id].named
        assert find(markdown("## 作业3"), code("x"), numbers={TWICE.id: ("3",)}, sheet=sheet)[TWICE.id].named

    def test_a_list_inside_an_answer_below_a_heading(self, find: Find) -> None:
        reasons = "There are reasons:\n\n1. It is freed.\n2. It would cost too much.\n3. Nobody needs it.\n"
        numbers = {SECOND.id: ("1",), TWICE.id: ("2",), VECTOR.id: ("3",)}
        for title in ("## Exercise 2", "# Exercises\n\n**2.**", "## Exercise: Backward, twice"):
            found = find(markdown(f"{title}\n\n{reasons}"), code("x = 1"), numbers=numbers)
            assert lines_of(found, TWICE, 1) == [1]
            assert not found[VECTOR.id].named

    def test_a_list_about_code_below_a_title_for_exercises(self, find: Find) -> None:
        numbers = {SECOND.id: ("1",), TWICE.id: ("2",), VECTOR.id: ("3",)}
        reasons = markdown("1. It is freed.\n2. It would cost too much.")
        assert not find(markdown("## 2.5.6. 练习"), code("x = 1"), reasons, code("y"), numbers=numbers)[TWICE.id].named
        assert find(markdown("## 2.5.6. 练习"), code("import torch"), reasons, code("y"), numbers=numbers)[
            TWICE.id
        ].named

    @pytest.mark.parametrize("title", ["Solution 2", "Answer 2: with a sum"])
    @pytest.mark.parametrize("above", ["## Exercise 1\n### ", "## The second derivative\n\n**", "Exercise 1\n\n"])
    def test_another_answer_to_an_exercise_is_no_other_exercise(self, find: Find, title: str, above: str) -> None:
        end = "**" if above.endswith("**") else ""
        numbers = {SECOND.id: ("1",), TWICE.id: ("2",)}
        found = find(markdown(f"{above}{title}{end}"), code("x = 1"), numbers=numbers)
        assert lines_of(found, SECOND, 1) == [1]
        assert lines_of(found, TWICE, 1) == []

    def test_answers_that_are_counted_on_are_those_of_the_exercises(self, find: Find) -> None:
        numbers = {SECOND.id: ("1",), TWICE.id: ("2",)}
        for level in ("", "## "):
            cells = markdown(f"{level}Answer 1\n\nIt costs."), markdown(f"{level}Answer 2"), code("x = 1")
            assert lines_of(find(*cells, numbers=numbers), TWICE, 1) == [1]

    def test_sections_inside_a_function(self, find: Find) -> None:
        text = "def main():\n    # Exercise 2\n    x = 1\n\n    # Exercise 3\n    y = 2\n\n\nmain()\n"
        found = find(text, numbers={TWICE.id: ("2",), VECTOR.id: ("3",)})
        assert lines_of(found, TWICE, 9) == [2, 3, 4]

    def test_the_number_in_a_files_name_counts_that_of_a_sheet_does_not(self, find: Find) -> None:
        numbers: Mapping[str, tuple[str, ...]] = {TWICE.id: ("2",)}
        assert find("x = 1\n", name="exercise2.py", numbers=numbers)[TWICE.id].by_file
        assert not find("x = 1\n", name="homework2.py", numbers=numbers)[TWICE.id].by_file
        for name in ("2.py", "ex-02.py", "problem2/main.py"):
            assert find("x = 1\n", name=name, numbers=numbers)[TWICE.id].by_file


class TestBareNumbersAlone:
    NUMBERS: ClassVar[Mapping[str, tuple[str, ...]]] = {SECOND.id: ("1",), TWICE.id: ("2",), VECTOR.id: ("3",)}
    ANSWERS = ("Because the graph is larger", "There is an error for it is freed", "An error as it is no scalar")

    def written(self, form: str) -> str:
        return "".join(form.format(number, text) for number, text in enumerate(self.ANSWERS, start=1))

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.md", "{}. {}\n"),
            ("a.md", "({}) {}\n\n"),
            ("a.txt", "{}) {}\n"),
            ("a.md", "**{}.** {}\n\n"),
            ("a.py", "# {}. {}\n"),
            ("a.py", 'print("{}. {}")\n'),
        ],
    )
    def test_answers_in_order_are_told_by_an_assignments_numbers(self, find: Find, name: str, text: str) -> None:
        content = self.written(text)
        found = find(content, name=name, numbers=self.NUMBERS)
        assert all(section.named for section in found.values())
        assert not any(section.named for section in find(content, name=name).values())

    def test_so_are_those_of_a_docstring_and_of_cells(self, find: Find) -> None:
        content = f'"""\n{self.written("{}. {}" + chr(10))}"""\n'
        assert all(section.named for section in find(content, numbers=self.NUMBERS).values())
        cells = [markdown(f"{number}. {text}") for number, text in enumerate(self.ANSWERS, start=1)]
        assert all(section.named for section in find(*cells, numbers=self.NUMBERS).values())

    def test_code_below_numbers_that_do_not_begin_with_one(self, find: Find) -> None:
        found = find(code("# 2. run backward again\nx = 1"), code("# 3. a vector\ny = 2"), numbers=self.NUMBERS)
        assert [lines_of(found, TWICE, 2, cell=number) for number in range(2)] == [[1, 2], []]
        assert lines_of(found, VECTOR, 2, cell=1) == [1, 2]

    def test_a_number_alone_among_them_shows_that_they_are_the_assignments(self, find: Find) -> None:
        cells = markdown("1. Because the graph is larger."), markdown("2. It fails."), code("# 3\nx = 1")
        found = find(*cells, numbers=self.NUMBERS)
        assert all(section.named for section in found.values())
        assert lines_of(found, VECTOR, 2) == [1, 2]

    @pytest.mark.parametrize(
        "text",
        [
            "# 1. make a tensor of some numbers\nx = 1\n# 2. run backward from its sum\ny = 2\n",
            "# 1. make a tensor of some numbers\n# 3. run backward from its sum\n",
            "# The second derivative\n# 1. make a tensor of some numbers\n# 2. run backward from its sum\n",
            "# It is the following:\n# 1. no\n# 2. yes\n",
            "# Today I learned:\n# 1. there is a graph behind it\n# 2. it is freed by backward\n",
            "# 2. November 2026\nx = 1\n",
            'def f(x):\n    """\n    1. doubles what it gets\n    2. returns a large one\n    """\n    return 2 * x\n',
            "# 2 tensors are made here\n# 3 of them are used again\n",
            '"""\n1. makes a tensor of numbers\n2. runs backward from it\n"""\nimport torch\nx = torch.ones(1)\n',
        ],
        ids=[
            "steps of a program",
            "not in order",
            "a list inside an answer",
            "no answers",
            "a list of its own",
            "a date",
            "a function's steps",
            "amounts",
            "a program's steps",
        ],
    )
    def test_other_numbers_stand_for_nothing(self, find: Find, text: str) -> None:
        assert not find(text, numbers=self.NUMBERS)[TWICE.id].named

    def test_a_list_of_a_lecture_stands_for_nothing(self, find: Find) -> None:
        content = f"# How it works\n\n{self.written('{}. {}' + chr(10))}"
        assert not any(section.named for section in find(content, name="a.md", numbers=self.NUMBERS).values())

    def test_the_questions_of_a_sheet_in_an_unknown_language_are_no_answers(self, find: Find) -> None:
        sheet = "## Übungen\n\n1. Was kostet das alles hier?\n2. Warum geht es zweimal schief?\n"
        found = find(sheet, name="a.md", numbers=self.NUMBERS)
        assert all(item.is_question for item in found[TWICE.id].whole.units if TWICE.id in item.owners)
        answered = find(f"{sheet}   - Der Graph ist weg.\n", name="a.md", numbers=self.NUMBERS)
        own = [item.unit.text for item in answered[TWICE.id].whole.units if TWICE.id in item.owners]
        assert own[-1].endswith("Der Graph ist weg.")


class TestNamesQuestionsAndNumbers:
    CONTROL = ExerciseNames(id="control-flow", title="Control flow with a single number")

    @pytest.fixture
    def about(self, tmp_path: Path) -> Callable[..., set[str]]:
        def about(text: str, **options: object) -> set[str]:
            path = tmp_path / "homework.md"
            path.write_text(f"{text}\n\n```python\nx = 1\n```\n", encoding="utf-8")
            sections = find_sections(load(str(path)), (*ALL, self.CONTROL), **options)  # type: ignore[arg-type]
            return {identity for identity, section in sections.items() if section.named}

        return about

    @pytest.mark.parametrize(
        "title",
        [
            "### What changes if the input of the control flow function is a vector?",
            "**3. What changes if the input of the control flow function is a vector?**",
            "- **What changes if the input of the control flow function is a vector?**\n    - It is an error.",
            "### Exercise 3: control flow of a longer input",
        ],
    )
    def test_a_question_and_a_number_say_more_than_a_short_name(
        self, about: Callable[..., set[str]], title: str
    ) -> None:
        assert about(title, numbers={VECTOR.id: ("3",)}) == {VECTOR.id}

    def test_a_longer_name_says_more_than_an_id_in_words(self, about: Callable[..., set[str]]) -> None:
        assert about("## Backward, twice, in the control flow example") == {TWICE.id}
        assert about("## The control flow example") == {self.CONTROL.id}

    def test_a_long_name_says_more_than_a_number(self, about: Callable[..., set[str]]) -> None:
        assert about("## Exercise 3: Backward, twice", numbers={VECTOR.id: ("3",)}) == {TWICE.id}

    def test_a_name_chooses_among_the_exercises_of_a_number(self, about: Callable[..., set[str]]) -> None:
        numbers = {VECTOR.id: ("4",), TWICE.id: ("4",)}
        assert about("## Exercise 4: control flow", numbers=numbers) == {VECTOR.id}


class TestMentions:
    @pytest.mark.parametrize(
        "text",
        [
            "I read about backward, twice, in a chapter on graphs that I have not finished yet.",
            "- later: see what the second derivative of my own function does to the memory of the machine",
        ],
    )
    def test_a_name_inside_a_sentence_opens_nothing(self, find: Find, text: str) -> None:
        assert not any(section.named for section in find(markdown(text), code("x = 1")).values())

    def test_it_ranks(self, find: Find) -> None:
        found = find(markdown("Now I try the thing called backward, twice, on my function."), code("x = 1"))
        assert found[TWICE.id].is_mentioned_at(RunPlace(cell=0, line=1, statement=0))

    def test_a_function_that_has_a_name_as_a_part_opens_nothing(self, find: Find) -> None:
        assert not find("def double_backward_and_more(a):\n    return a\n")[TWICE.id].named


def test_a_tag_is_about_its_cell_alone(find: Find) -> None:
    found = find(code("x = 1", metadata={"tags": ["double-backward"]}), code("y = 2"))
    assert [lines_of(found, TWICE, 1, cell=number) for number in range(2)] == [[1], []]


def test_the_code_of_another_exercise_is_told_by_line(find: Find) -> None:
    found = find("# Backward, twice\nx = 1\n# The second derivative\ny = 2\n")
    assert not found[TWICE.id].is_anothers(RunPlace(cell=0, line=2, statement=0))
    assert found[TWICE.id].is_anothers(RunPlace(cell=0, line=4, statement=0))


@pytest.mark.parametrize(
    "text",
    [
        "'" * 100_000,
        "'\"'''" * 20_000,
        '"""' + "a\n" * 50_000,
        "'" + "\\" * 100_000,
        "# Run the backward pass a second time and describe what you see? " * 3_000,
        "".join(f"# {number}. Run the backward pass a second time {number}\n" for number in range(3_000)),
        "# exercise 1\nx = 1\n# exercise 2\ny = 1\n" * 4_000,
    ],
    ids=["quotes", "mixed quotes", "open string", "backslashes", "one line", "many questions", "many numbers"],
)
def test_whatever_is_in_a_file_it_is_read_to_its_end(find: Find, text: str) -> None:
    assert find(text, numbers={TWICE.id: ("2",)}).keys() == {exercise.id for exercise in ALL}


class TestWhatIsClaimed:
    """A place in the section of another exercise proves no attempt."""

    def test_below_a_title(self, find: Find) -> None:
        found = find(markdown("## Backward, twice"), code("x = 1"), code("y = 2"))
        assert all(found[SECOND.id].is_claimed(RunPlace(cell=cell, line=1, statement=0)) for cell in range(2))

    def test_the_name_of_a_function_claims_its_own_cell_only(self, find: Find) -> None:
        found = find(code("def double_backward(a):\n    return a\n\nx = 1"), code("y = 2"))
        section = found[SECOND.id]
        assert [section.is_claimed(RunPlace(cell=0, line=line, statement=0)) for line in (1, 4)] == [True, True]
        assert not section.is_claimed(RunPlace(cell=1, line=1, statement=0))
        assert section.is_anothers(RunPlace(cell=1, line=1, statement=0))

    def test_a_function_with_a_number_claims_what_follows(self, find: Find) -> None:
        numbers = {TWICE.id: ["2"], SECOND.id: ["3"]}
        found = find(code("def exercise_2():\n    return 1"), code("y = 2"), numbers=numbers)
        assert found[SECOND.id].is_claimed(RunPlace(cell=1, line=1, statement=0))
