"""Which folders may be the data of an assignment, and how they are found before the course is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.data_folder import MAX_ENTRIES, find_data_folders, what_is_wrong_with_data


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("data/hw2/images", "exercises", "solutions/deep", "assignments"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "data" / "hw2" / "points.csv").write_text("1\n")
    return tmp_path


def assign(root: Path, **lines: str) -> None:
    for name, line in lines.items():
        (root / "assignments" / f"{name}.yaml").write_text(f"id: {name}\n{line}\nexercises: [one]\n", "utf-8")


class TestWhatIsWrong:
    @pytest.mark.parametrize("name", ["data/hw2", "./data/hw2/", "data", "data/hw2/images"])
    def test_nothing(self, root: Path, name: str) -> None:
        assert what_is_wrong_with_data(root, name) is None

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("../elsewhere", "must be below the course's folder"),
            ("data/../../x", "must be below the course's folder"),
            ("/etc", "must be below the course's folder"),
            ("data/hw3", "there is no folder `data/hw3`"),
            ("data/hw2/points.csv", "there is no folder"),
            (" ", "there is no folder"),
            (".", "would show students what they must not see"),
            ("", "would show students what they must not see"),
            ("solutions", "would show students what they must not see"),
            ("solutions/deep", "would show students what they must not see"),
            ("exercises", "would show students what they must not see"),
        ],
    )
    def test_each_is_said(self, root: Path, name: str, words: str) -> None:
        assert words in (what_is_wrong_with_data(root, name) or "")

    def test_a_link_to_what_students_must_not_see(self, root: Path) -> None:
        (root / "data" / "sly").symlink_to(root / "solutions" / "deep")
        (root / "data" / "all").symlink_to(root)
        for name in ("data/sly", "data/all"):
            assert "which students must not see" in (what_is_wrong_with_data(root, name) or "")

    def test_a_name_that_submissions_mean_otherwise(self, root: Path) -> None:
        (root / "data" / "hw2" / "random.py").touch()
        assert what_is_wrong_with_data(root, "data/hw2") == (
            "`data/hw2/random.py` stands in the way of the real `random`, which submissions mean; rename it"
        )

    def test_more_entries_than_can_be_linked_for_each_submission(self, root: Path) -> None:
        for number in range(MAX_ENTRIES + 1):
            (root / "data" / "hw2" / "images" / f"{number}.txt").touch()
        assert what_is_wrong_with_data(root, "data/hw2") is None
        assert "put them into folders in it" in (what_is_wrong_with_data(root, "data/hw2/images") or "")


class TestFinding:
    @pytest.mark.parametrize(
        "line",
        [
            "data: data/hw2",
            "data: data/hw2/   # what they need",
            'data: "./data/hw2"',
            "data: 'data/hw2'  # quoted",
        ],
    )
    def test_it_is_found_by_its_path_in_the_course(self, root: Path, line: str) -> None:
        assign(root, hw2=line)
        assert find_data_folders(root, None) == {"data/hw2": root / "data" / "hw2"}

    @pytest.mark.parametrize("line", ["# data: data/hw2", "  data: data/hw2", "data: solutions", "data: ../x", "data:"])
    def test_what_is_no_data_is_not_found(self, root: Path, line: str) -> None:
        assign(root, hw2=line)
        assert find_data_folders(root, None) == {}

    def test_of_one_assignment_or_of_all(self, root: Path) -> None:
        assign(root, hw1="data: data/hw2/images", hw2="data: data/hw2", hw3="title: T")
        assert list(find_data_folders(root, None)) == ["data/hw2/images", "data/hw2"]
        assert list(find_data_folders(root, "hw2")) == ["data/hw2"]
        assert find_data_folders(root, "hw3") == {}

    def test_a_file_that_cannot_be_read_is_left_to_whoever_loads_the_course(self, root: Path) -> None:
        (root / "assignments" / "hw1.yaml").write_bytes(b"\xff\xfe data: data/hw2")
        assert find_data_folders(root, None) == {}
