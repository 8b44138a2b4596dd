"""The magics of IPython that do something in the submission's own folder, or with its names."""

from __future__ import annotations

import getopt
import importlib
import json
import os
import re
import runpy
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..protocol.record import RUN_NOTE
from ..record.recorder import Recorder
from .written_modules import WrittenModules

_RUN_OPTIONS = "nidtN:b:pD:l:rs:T:em:G"
"""Of ``%run``, for ``getopt``. Those that measure or debug have no effect."""
_VARIABLE = re.compile(r"\{\s*([A-Za-z_]\w*)\s*\}|\$([A-Za-z_]\w*)")
_COMMAND = re.compile(r"([ \t]*)[%!]")


class Magics:
    """Runs magics in one namespace. ``top`` is the folder of the hand-in, which ``%cd`` does not leave."""

    def __init__(self, namespace: dict[str, Any], recorder: Recorder, modules: WrittenModules, *, top: str) -> None:
        self._namespace = namespace
        self._recorder = recorder
        self._modules = modules
        self._top = top
        self._reloads = False
        self.line: dict[str, Callable[[str], object]] = {
            "autoreload": self._autoreload,
            "cd": self._cd,
            "env": self._env,
            "pwd": lambda line: str(Path.cwd()),
            "run": self._run,
            "set_env": self._env,
            "timeit": self._timeit,
        }
        self.cell: dict[str, Callable[[str, str], object]] = {"file": self._write, "writefile": self._write}

    def _expanded(self, text: str) -> str:
        """``{name}`` and ``$name`` replaced by what the name is bound to, as IPython does."""

        def value(found: re.Match[str]) -> str:
            name = found[1] or found[2]
            return str(self._namespace[name]) if name in self._namespace else found[0]

        return _VARIABLE.sub(value, text)

    def _print(self, *words: str) -> None:
        sys.stdout.write(" ".join(words) + "\n")

    def _words(self, line: str) -> list[str]:
        line = self._expanded(line)
        try:
            return shlex.split(line)
        except ValueError:
            return line.split()

    # ----------------------------------------------------------------------------------------------------------------
    # Files
    # ----------------------------------------------------------------------------------------------------------------

    def _write(self, line: str, cell: str) -> None:
        """``%%writefile [-a] file``. Raises OSError where the file cannot be written."""
        words = self._words(line)
        appends = any(word in ("-a", "--append") for word in words)
        names = [word for word in words if word not in ("-a", "--append")]
        if not names:
            raise ValueError("%%writefile needs the name of a file")
        path = Path(names[0]).expanduser()
        self._print(("Appending to" if appends else "Overwriting") if path.exists() else "Writing", names[0])
        before = path.read_bytes().count(b"\n") if appends and path.exists() else 0
        with path.open("a" if appends else "w", encoding="utf-8") as file:
            file.write(cell)
        self._note_lines(path.absolute(), cell, before if appends else None)
        self._modules.install()
        importlib.invalidate_caches()
        if self._reloads:
            self._reload(str(path.absolute()))

    def _note_lines(self, path: Path, cell: str, before: int | None) -> None:
        """Note where the lines of a file stand: below the magic's own line, or on it if the cell stands in a string."""
        frame = next(self._recorder.frames(), None)
        place = self._recorder.place()
        last = 0 if frame is None else max((end or 0 for _, end, _, _ in frame.f_code.co_positions()), default=0)
        count = max(cell.count("\n") + (not cell.endswith("\n")), 1)
        step = int(last - place["line"] >= count)
        lines = [(place["cell"], place["line"] + step * number) for number in range(1, count + 1)]
        name, files = os.path.normpath(path), self._recorder.written
        if before is None:
            files.write(name, lines)
        else:
            files.append(name, lines, before=before)
        self._recorder.files[name] = place["cell"]

    def _reload(self, path: str) -> None:
        """Load a module anew whose file was written again, as the extension autoreload does before each cell."""
        for module in list(sys.modules.values()):
            if getattr(module, "__file__", None) == path:
                before = dict(vars(module))
                importlib.reload(module)
                after = vars(module)
                for name, value in list(self._namespace.items()):
                    for known, old in before.items():
                        if value is old and known in after and not known.startswith("__"):
                            self._namespace[name] = after[known]

    def _autoreload(self, line: str) -> None:
        self._reloads = line.strip() not in ("0", "off")

    def _cd(self, line: str) -> None:
        """``%cd folder``, inside the folder in which the submission runs."""
        words = [word for word in self._words(line) if word not in ("-q", "--")]
        target = os.path.realpath(words[0] if words else self._top)
        if os.path.commonpath([target, self._top]) == self._top and Path(target).is_dir():
            os.chdir(target)
            self._print(target)
        else:
            self._say(f"`%cd {line}` stays where it is: there is no such folder beside the submission")

    def _say(self, text: str) -> None:
        self._recorder.send(RUN_NOTE, place=self._recorder.place(), text=text[:200])

    # ----------------------------------------------------------------------------------------------------------------
    # Code
    # ----------------------------------------------------------------------------------------------------------------

    def _run(self, line: str) -> None:
        """``%run [options] file [arguments]``. The names that the file binds are the notebook's.

        It runs in the notebook's namespace, as with ``-i``, so that what it does is seen as what a cell does.
        """
        words = self._words(line)
        options, words = _options(words, _RUN_OPTIONS)
        if "-m" in options:
            with self._as_main(None, [options["-m"], *words], "__main__"):
                self._bind(runpy.run_module(options["-m"], run_name="__main__"))
            return
        path = _found(words[0]) if words else None
        if path is None:
            raise FileNotFoundError(f"%run: there is no file {words[0] if words else ''} beside the submission")
        name = os.path.normpath(path.absolute())
        with self._as_main(name, words, path.stem if "-n" in options else "__main__"):
            if path.suffix == ".ipynb":
                for source in _code_cells(path):
                    exec(self._modules.compiled(source, name), self._namespace)
            else:
                exec(self._modules.compiled(path.read_bytes(), name), self._namespace)

    @contextmanager
    def _as_main(self, file_name: str | None, arguments: list[str], name: str) -> Iterator[None]:
        """Have the namespace look like that of a script, until the script has ended."""
        kept = {key: value for key, value in self._namespace.items() if key in ("__file__", "__name__")}
        arguments, sys.argv = sys.argv, arguments
        self._namespace["__name__"] = name
        if file_name is not None:
            self._namespace["__file__"] = file_name
        try:
            yield
        except SystemExit as error:
            if error.code not in (None, 0, False):
                raise
        finally:
            sys.argv = arguments
            self._namespace.pop("__file__", None)
            self._namespace.update(kept)

    def _bind(self, names: dict[str, Any]) -> None:
        self._namespace |= {name: value for name, value in names.items() if not name.startswith("__")}

    def _timeit(self, line: str) -> Timing:
        """``t = %timeit -o code``, which runs its code once."""
        words = line.split()
        rest = _options(words, "n:r:tcp:qov:")[1]
        code = compile(line.split(maxsplit=len(words) - len(rest))[-1] if rest else "", "<timeit>", "exec")
        began = time.perf_counter()
        exec(code, self._namespace)
        return Timing(time.perf_counter() - began)

    def _env(self, line: str) -> object:
        """``%env``, ``%env name``, ``%env name=value`` and ``%env name value``."""
        name, value = re.fullmatch(r"\s*([^\s=]*)(?:\s*=\s*|\s+)?(.*)", self._expanded(line), re.DOTALL).groups()  # type: ignore[union-attr]  # it matches anything
        if not name:
            return dict(os.environ)
        if not value:
            return os.environ.get(name)
        with suppress(OSError, ValueError):
            os.environ[name] = value.strip()
            self._print(f"env: {name}={value.strip()}")
        return None


class Timing:
    """What ``%timeit -o`` returns. All its times are that of the one run."""

    loops = repeat = 1
    stdev = compile_time = 0.0

    def __init__(self, seconds: float) -> None:
        self.average = self.best = self.worst = seconds
        self.timings = self.all_runs = [seconds]

    def __str__(self) -> str:
        return f"{self.average:.3g} s ± 0 s per loop (mean ± std. dev. of 1 run, 1 loop)"

    def __repr__(self) -> str:
        return f"<TimeitResult : {self}>"


def _options(words: list[str], short: str) -> tuple[dict[str, str], list[str]]:
    try:
        found, rest = getopt.getopt(words, short)
    except getopt.GetoptError:
        return {}, words
    return dict(found), rest


def _found(name: str) -> Path | None:
    """The file that ``%run`` means; it may leave out ``.py``."""
    for path in (Path(name), Path(f"{name}.py")):
        path = path.expanduser()
        if path.is_file():
            return path
    return None


def _code_cells(path: Path) -> Iterator[str]:
    """The code of a notebook's cells, without magics and shell commands. Raises ValueError where it is no notebook."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"%run: {path.name} is no notebook that can be read") from error
    for text in texts:
        if not text.startswith("%%"):
            lines = text.split("\n")
            yield "\n".join(f"{command[1]}pass" if (command := _COMMAND.match(line)) else line for line in lines)
