"""Notes on a run: hand-made observations in, sentences out."""

from __future__ import annotations

import pytest

from grader.judging.run.run_notes import find_run_notes
from grader.model import Location, Observation, Outcome, RunError, RunNote, RunPlace, Warned

NON_LEAF = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
    "populated during autograd.backward(). (Triggered internally at TensorBody.h:493.)"
)
COPY = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
)


def warned(text: str, line: int = 2) -> Warned:
    return Warned(place=RunPlace(cell=0, line=line, statement=1), category="UserWarning", text=text)


def said(*events: Warned | RunNote, errors: tuple[RunError, ...] = (), known: bool = True) -> tuple[str, ...]:
    observation = Observation(events=events, outcome=Outcome.COMPLETED)
    return find_run_notes(observation, errors, lambda place: Location(cell=3, line=place.line) if known else None)


def error(kind: str, text: str) -> RunError:
    return RunError(location=None, type=kind, text=text)


def test_the_grad_of_a_tensor_that_is_no_leaf_is_explained_with_its_place() -> None:
    (text,) = said(warned(NON_LEAF))
    assert text.startswith("Cell 3, line 2: `.grad` is read of a tensor that is not a leaf, and is None there")
    assert "retain_grad()" in text


def test_a_kind_of_warning_is_explained_once() -> None:
    first, second = said(warned(NON_LEAF), warned(COPY, 5), warned(NON_LEAF, 7), warned(NON_LEAF, 9))
    assert first.startswith("Cell 3, line 2 (and 2 other lines): `.grad`")
    assert second.startswith("Cell 3, line 5: `torch.tensor(t)`")


def test_a_warning_without_a_place_is_explained_too() -> None:
    assert said(warned(NON_LEAF), known=False)[0].startswith("Somewhere: `.grad`")


def test_other_warnings_are_nobodys_business() -> None:
    assert said(warned("The seaborn styles shipped by Matplotlib are deprecated")) == ()


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("ModuleNotFoundError", "No module named 'pandas'", "`pandas` is not installed"),
        (
            "ImportError",
            "cannot import name 'mxnet' from 'd2l' (/opt/support/d2l/__init__.py)",
            "`d2l` has no `mxnet`",
        ),
        ("AttributeError", "module 'd2l.torch' has no attribute 'Timer': this is …", "`d2l.torch` has no `Timer`"),
    ],
)
def test_what_is_missing_is_named_and_called_a_package_only_where_it_is(kind: str, text: str, words: str) -> None:
    assert said(errors=(error(kind, text),)) == (f"{words} where submissions run, so whatever needs it could not run.",)


@pytest.mark.parametrize("name", ["utils", "my_model.layers", "mpl_finance"])
def test_what_may_be_a_module_of_the_students_own_has_to_be_handed_in(name: str) -> None:
    assert said(errors=(error("ModuleNotFoundError", f"No module named '{name}'"),)) == (
        f"`{name}` is not installed where submissions run, and does not lie beside this file there, so whatever needs "
        "it could not run. A module of your own has to be handed in with the file.",
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("AttributeError", "'NoneType' object has no attribute 'zero_'"),
        ("RuntimeError", "No module named 'pandas'"),
        ("ImportError", "DLL load failed"),
        ("ModuleNotFoundError", "import of x halted; None in sys.modules"),
    ],
)
def test_other_errors_are_nothing_that_is_missing(kind: str, text: str) -> None:
    assert said(errors=(error(kind, text),)) == ()


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("NameError", "name 'np' is not defined", "`np` is used before it is imported"),
        ("AssertionError", "Torch not compiled with CUDA enabled", "without a GPU"),
        ("RuntimeError", "No CUDA GPUs are available", "without a GPU"),
    ],
)
def test_usual_accidents_are_explained(kind: str, text: str, words: str) -> None:
    (sentence,) = said(errors=(error(kind, text),))
    assert words in sentence


def test_a_name_of_the_students_own_is_not_explained() -> None:
    assert said(errors=(error("NameError", "name 'loss' is not defined"),)) == ()


def test_the_same_is_said_once_and_the_runs_own_words_come_last() -> None:
    missing = error("ModuleNotFoundError", "No module named 'a'")
    assert said(RunNote(text="cut off"), RunNote(text="cut off"), errors=(missing, missing))[1:] == ("cut off",)
