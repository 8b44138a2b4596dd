"""Numbers from a file of the course that lies beside an exercise: ``.npy`` or ``.csv``.

Errors are ValueErrors with a message for the instructor. Nothing is unpickled.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.errors import reason_of
from grader.suggestions import did_you_mean, did_you_mean_or_all

DATA = "data"
"""The folder beside exercises in which their data may lie."""
SUFFIXES = (".npy", ".csv")
MAX_BYTES = 64 * 1024 * 1024

Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """What was read of a file: ``numbers`` are read-only. ``sha256`` is that of the whole file."""

    numbers: Numbers
    sha256: str


def data_files(folder: Path) -> tuple[Path, ...]:
    """All data files of a folder of exercises."""
    there = (path for part in (folder, folder / DATA) if part.is_dir() for path in sorted(part.rglob("*")))
    found = dict.fromkeys(path for path in there if path.suffix in SUFFIXES and not path.name.startswith("."))
    return tuple(path for path in found if path.is_file())


def read_data_file(
    folder: Path, name: str, *, columns: int | str | Sequence[int | str] | None, dtype: str | None
) -> DataFile:
    """Read a file of the exercises in a folder. ``columns`` are numbers from 0, or names in the file's first line."""
    path = _path_of(folder, name)
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {reason_of(error)}") from None
    if content is None:
        raise ValueError(f"{name} has more than {MAX_BYTES // 1024**2} MB")
    if path.suffix == ".npy":
        numbers = _columns_of(_read_npy(name, content), name, columns)
    else:
        numbers = _read_csv(name, content, columns)
    numbers = _converted(numbers, name, dtype, is_text=path.suffix == ".csv")
    if not numbers.size:
        raise ValueError(f"{name} holds no numbers")
    numbers.flags.writeable = False
    return DataFile(numbers=numbers, sha256=hashlib.sha256(content).hexdigest())


def _path_of(folder: Path, name: str) -> Path:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or "\0" in name:
        raise ValueError(f"`{name}` must lie beside the exercise, or in a folder there")
    if pure.suffix not in SUFFIXES:
        raise ValueError(f"`{name}` must be a .npy or a .csv file")
    places = [path for path in (folder / DATA / name, folder / name) if path.is_file()]
    if not places:
        known = [path.name for path in data_files(folder)]
        raise ValueError(
            f"there is no file `{name}` beside the exercise, nor in the folder `{DATA}` there"
            f"{did_you_mean(name, known)}"
        )
    if len(places) > 1:
        raise ValueError(f"`{name}` lies beside the exercise and in the folder `{DATA}` there; keep one of the two")
    if not places[0].resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"`{name}` is a link that leads out of the folder of the exercises; put the file itself there")
    return places[0]


def _read_npy(name: str, content: bytes) -> Numbers:
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, is_fortran, dtype = read(stream)
        if dtype.hasobject:
            raise ValueError(f"{name} holds objects of Python; save an array of numbers")
        data = content[stream.tell() :]
        if dtype.kind not in "biuf" or len(data) != math.prod(shape) * dtype.itemsize:
            raise KeyError(name)
        return np.frombuffer(data, dtype).reshape(shape, order="F" if is_fortran else "C")
    except ValueError as error:
        if "objects of Python" in str(error):
            raise
    except (KeyError, TypeError, MemoryError):
        pass
    raise ValueError(f"{name} is no .npy file with real numbers, as `numpy.save` writes it")


def _columns_of(numbers: Numbers, name: str, columns: int | str | Sequence[int | str] | None) -> Numbers:
    if columns is None:
        return numbers
    if numbers.ndim < 2:
        raise ValueError(f"{name} has no columns: its shape is {numbers.shape}")
    listed = (columns,) if isinstance(columns, int | str) else columns
    chosen = [_number_of(column, (), numbers.shape[1], name) for column in listed]
    return numbers[:, chosen[0]] if isinstance(columns, int | str) else numbers[:, chosen]


def _read_csv(name: str, content: bytes, columns: int | str | Sequence[int | str] | None) -> Numbers:
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = next((sign for sign in ",;\t" if sign in first), ",")
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if any(row)]
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(f"{name} is no .csv file in UTF-8") from None
    if not rows:
        raise ValueError(f"{name} is empty")
    # A first line without any number has the names of the columns.
    titles = [cell.strip() for cell in rows[0]] if all(_number(cell) is None for cell in rows[0]) else []
    lines = list(enumerate(rows, 1))[bool(titles) :]
    for line, row in lines:
        if len(row) != len(rows[0]):
            raise ValueError(f"row {line} of {name} has {len(row)} columns, and the first has {len(rows[0])}")
    listed = range(len(rows[0])) if columns is None else (columns,) if isinstance(columns, int | str) else columns
    chosen = [_number_of(column, titles, len(rows[0]), name) for column in listed]
    table = [[_number(row[column]) for column in chosen] for _, row in lines]
    for (line, row), numbers in zip(lines, table, strict=True):
        for column, number in zip(chosen, numbers, strict=True):
            if number is None:
                what = f"`{titles[column]}`" if titles else f"number {column}"
                raise ValueError(
                    f"`{row[column][:40]}` in row {line} of {name}, column {what}, is no number; name the `columns` "
                    "that are meant"
                )
    found = np.array(table, dtype=np.float64).reshape(len(table), len(chosen))
    return found[:, 0] if isinstance(columns, int | str) else found


def _number_of(column: int | str, titles: Sequence[str], count: int, name: str) -> int:
    """The number of a column that is named by its number or by its title."""
    if isinstance(column, str):
        if column not in titles:
            known = did_you_mean_or_all(column, titles) if titles else ": it has no names of columns"
            raise ValueError(f"{name} has no column `{column}`{known}")
        return titles.index(column)
    if not 0 <= column < count:
        raise ValueError(f"{name} has no column {column}: it has {count}, counted from 0")
    return column


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _converted(numbers: Numbers, name: str, dtype: str | None, *, is_text: bool) -> Numbers:
    kind = numbers.dtype.kind
    if kind == "f" and not np.isfinite(numbers).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    if dtype is None:
        dtype = "float32" if kind == "f" or is_text else "bool" if kind == "b" else "int64"
    if dtype in ("int64", "bool") and not (numbers == np.floor(numbers.astype(np.float64))).all():
        raise ValueError(f"{name} holds numbers that are not whole, so `dtype` cannot be {dtype}")
    with np.errstate(over="ignore"):
        converted = numbers.astype(dtype)
    if converted.dtype.kind == "f" and not np.isfinite(converted).all():
        raise ValueError(f"{name} holds numbers that are too large for {dtype}")
    return converted
