"""The environment of notebooks in real workers: matplotlib, IPython, warnings, files and imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.judging.run.run_notes import find_run_notes
from grader.model import Figure, Location, Outcome, Output, TorchError, UncaughtError, Warned
from grader.text_bounds import TEXT
from tests.helpers.observing import Observer, events, only, values

PLOT = "import matplotlib.pyplot as plt\nx = [1.0, 2.0, 3.0]\n"


def printed(observation: object, stream: str = "stdout") -> str:
    return "".join(event.text for event in observation.events if isinstance(event, Output) and event.stream == stream)  # type: ignore[attr-defined]


def completed(observation: object) -> None:
    """It ran to its end and wrote nothing to standard error."""
    assert observation.outcome is Outcome.COMPLETED, observation  # type: ignore[attr-defined]
    assert printed(observation, "stderr") == ""


class TestMatplotlibWheneverItComes:
    @pytest.mark.parametrize(
        "code",
        [
            "import matplotlib.pyplot as plt\nplt.plot(x, x)\nplt.show()",
            "import matplotlib\nmatplotlib.use('TkAgg')\nfrom matplotlib import pyplot\npyplot.plot(x, x)",
            "import matplotlib\nmatplotlib.rcParams['backend'] = 'QtAgg'\nimport matplotlib.pyplot as p\np.plot(x, x)",
            "p = __import__('matplotlib.' + 'pyp' + 'lot').pyplot\np.plot(x, x)",
            "import importlib\np = importlib.import_module('matplotlib.pyplot')\np.plot(x, x)",
            "from matplotlib.figure import Figure\nf = Figure()\nf.subplots().plot(x, x)\nf.savefig('f.png')",
            "def draw():\n    import pylab\n    pylab.plot(x, x)\n    pylab.close()\ndraw()",
            "import threading\ndef draw():\n    import matplotlib.pyplot as p\n    p.plot(x, x)\n"
            "t = threading.Thread(target=draw)\nt.start()\nt.join()",
        ],
    )
    def test_its_figures_are_recorded(self, cold: Observer, code: str) -> None:
        observation = cold("x = [1.0, 2.0]\n" + code)
        assert observation.outcome is Outcome.COMPLETED, observation
        assert values(only(observation, Figure).curves[0].y) == [1, 2]

    def test_a_submission_without_figures_does_not_load_it(self, cold: Observer) -> None:
        assert (
            printed(cold("import sys\nprint([name for name in sys.modules if name.startswith('matplotlib')])"))
            == "[]\n"
        )

    def test_a_failed_import_stays_the_students(self, cold: Observer) -> None:
        code = "import sys\nsys.modules['matplotlib.ticker'] = None\nimport matplotlib.pyplot"
        error = only(cold(code), UncaughtError).error
        assert error.type in ("ImportError", "ModuleNotFoundError")


class TestUnicode:
    def test_names_comments_and_outputs(self, observe: Observer) -> None:
        code = """
            import torch
            # 自变量与因变量
            变量 = torch.arange(4.0, requires_grad=True)
            def 函数(值): return (值 ** 2).sum()
            结果 = 函数(变量)
            结果.backward()
            print("梯度", 变量.grad.tolist(), "🙂", "ñ", "\\u202e")
        """
        observation = observe(code)
        completed(observation)
        assert printed(observation) == "梯度 [0.0, 2.0, 4.0, 6.0] 🙂 ñ \u202e\n"

    @pytest.mark.parametrize("worker", ["observe", "cold"])
    @pytest.mark.parametrize(
        "font", ["", "plt.rcParams['font.sans-serif'] = ['SimHei']\nplt.rcParams['axes.unicode_minus'] = False\n"]
    )
    def test_a_font_that_is_missing_is_no_trouble(self, request: pytest.FixtureRequest, worker: str, font: str) -> None:
        draw = "plt.plot(x, x, label='正弦')\nplt.title('导数')\nplt.xlabel('横轴')\nplt.legend()\nplt.tight_layout()\n"
        observation = request.getfixturevalue(worker)(PLOT, font + draw + "plt.savefig('图.png')\nplt.show()")
        completed(observation)
        figure = only(observation, Figure)
        assert (figure.titles, figure.labels, figure.legend) == (("导数",), ("横轴",), ("正弦",))
        assert events(observation, Warned) == []

    def test_surrogates_do_not_end_the_record(self, observe: Observer) -> None:
        observation = observe("print('\\ud800', '\\udc80')\nprint('on')")
        assert observation.outcome is Outcome.COMPLETED
        assert printed(observation) == "? ?\non\n"


NOTEBOOK_IMPORTS = """
from IPython import display, get_ipython
from IPython.display import Audio, HTML, Image, Latex, Markdown, Math, clear_output, display as show
from IPython.core.display import HTML
from IPython.core.interactiveshell import InteractiveShell
from matplotlib_inline import backend_inline
from matplotlib_inline.backend_inline import set_matplotlib_formats
import matplotlib_inline.backend_inline
"""


class TestIPython:
    @pytest.mark.parametrize("format", ["py", "ipynb"])
    @pytest.mark.parametrize(
        "code",
        [
            NOTEBOOK_IMPORTS,
            "backend_inline.set_matplotlib_formats('svg')",
            "matplotlib_inline.backend_inline.set_matplotlib_formats('svg', 'png', quality=90)",
            "display.set_matplotlib_formats('svg')",
            "display.clear_output(wait=True); clear_output()",
            "show(Markdown('# 标题'), Math(r'x^2'), Latex('$x$'), HTML('<b>'), 3)",
            "display.display(Image(data=b'123')); display.display_markdown(Markdown('a'))",
            "handle = show(1, display_id=True); handle.update(2); display.update_display(3, display_id=1)",
            "InteractiveShell.ast_node_interactivity = 'all'; InteractiveShell.instance()",
            "import threading; assert threading.active_count() == 1",
            "from IPython.lib.display import YouTubeVideo; show(YouTubeVideo('abc', 400, 300))",
            "show(display.IFrame('page.html', 700, 350), display.FileLink('a.csv'), display.Video(url='v.mp4'))",
            "from IPython.display import *; from IPython.lib.display import Audio as A; A(data=[0.0], rate=8000)",
            "from IPython.core.pylabtools import figsize, print_figure; figsize(4, 3)",
            "from IPython.core.magic import Magics, magics_class, register_line_magic\n"
            "@magics_class\nclass M(Magics): pass\n@register_line_magic\ndef f(line): return line\nassert f(2) == 2",
            "from IPython.no.such import thing; import IPython; IPython.embed; matplotlib_inline.config.InlineBackend",
        ],
    )
    def test_what_notebooks_ask_of_it_works_without_a_front_end(self, cold: Observer, code: str, format: str) -> None:
        completed(cold(NOTEBOOK_IMPORTS, code, format=format))  # type: ignore[arg-type]  # from the list above

    def test_the_stand_in_is_used_whether_or_not_the_real_one_is_installed(self, cold: Observer) -> None:
        code = "import IPython, matplotlib_inline\nprint(IPython.__file__, matplotlib_inline.__file__)"
        assert printed(cold(code)).count("/standins/") == 2

    def test_what_shows_things_in_a_browser_is_there_where_it_is_not_installed(self, cold: Observer) -> None:
        colab = """
            import google.colab
            from google.colab import drive, files, output
            from google.colab.patches import cv2_imshow
            drive.mount('/content/drive')
            output.clear()
            print(files.upload())
        """
        widgets = """
            import ipywidgets as widgets
            from ipywidgets import FloatSlider, HBox, interact
            @interact(x=(0, 10), y=FloatSlider(value=2.5, min=0, max=3), z=['a', 'b'], w=True)
            def draw(x, y, z, w): print(x, y, z, w)
            with widgets.Output(): print(draw(1, 2, 3, 4))
            button = widgets.Button(description='go')
            button.on_click(draw)
            HBox([button])
        """
        bars = """
            from tqdm.notebook import tqdm, trange
            from tqdm.auto import tqdm as auto
            print(list(auto(range(3), desc='epoch')), [n for n in trange(2)], len(tqdm([1])))
        """
        observation = cold(colab, widgets, bars)
        completed(observation)
        assert printed(observation) == "{}\n5 2.5 a True\n1 2 3 4\nNone\n[0, 1, 2] [0, 1] 1\n"

    def test_a_notebook_that_asks_whether_it_is_there_is_told_the_truth(self, cold: Observer) -> None:
        code = """
            def in_colab():
                try:
                    import google.colab
                    return True
                except ImportError:
                    return False
            print(in_colab())
            try:
                from tqdm.auto import tqdm
            except ImportError:
                tqdm = list
            print(tqdm(range(2)))
        """
        assert printed(cold(code)) == "False\n[0, 1]\n"

    def test_the_rest_comes_from_the_real_one(self, cold: Observer) -> None:
        pytest.importorskip("IPython")
        completed(cold("from IPython.utils.text import dedent\nfrom IPython.core.error import UsageError"))

    def test_displayed_texts_are_outputs(self, observe: Observer) -> None:
        observation = observe(
            "from IPython.display import Markdown, display", "display(Markdown('梯度是 2x'))\nMarkdown('b')"
        )
        assert printed(observation, "display") == "梯度是 2x\nb\n"

    def test_a_displayed_figure_is_shown(self, observe: Observer) -> None:
        observation = observe(PLOT, "f, a = plt.subplots()\na.plot(x, x)\ndisplay(f)\na.plot(x, x)")
        assert [len(figure.curves) for figure in events(observation, Figure)] == [1, 2]

    def test_a_missing_picture_is_the_students_error(self, observe: Observer) -> None:
        error = only(observe("from IPython.display import Image\nImage(filename='photo.png')"), UncaughtError).error
        assert error.type == "FileNotFoundError"
        assert "photo.png" in error.text

    @pytest.mark.parametrize(
        "setting",
        [
            "from IPython.core.interactiveshell import InteractiveShell as S\nS.ast_node_interactivity = 'all'",
            "get_ipython().run_line_magic('config', 'InteractiveShell.ast_node_interactivity = \"all\"')",
            "get_ipython().magic('%config InteractiveShell.ast_node_interactivity=\\'all\\'')",
        ],
    )
    def test_every_value_is_displayed_where_that_was_asked_for(self, observe: Observer, setting: str) -> None:
        assert printed(observe(setting, "1\nfor i in range(2):\n    i\n2"), "display") == "1\n2\n"
        assert printed(observe("x = 0", "1\n2"), "display") == "2\n"

    def test_libraries_find_nothing_to_register_with(self, observe: Observer) -> None:
        code = """
            shell = get_ipython()
            shell.events.register("post_execute", print)
            shell.display_formatter.formatters["text/plain"].for_type(int, str)
            assert "IPKernelApp" not in shell.config
            import copy, matplotlib.pyplot as plt
            plt.ion()
        """
        completed(observe("import IPython", code))

    @pytest.mark.parametrize("backend", ["inline", "notebook", "widget", "qt", ""])
    def test_any_backend_may_be_asked_for(self, observe: Observer, backend: str) -> None:
        observation = observe(f"get_ipython().run_line_magic('matplotlib', {backend!r})", PLOT + "plt.plot(x, x)")
        completed(observation)
        assert len(events(observation, Figure)) == 1


class TestFiguresAsPeopleMakeThem:
    @pytest.mark.parametrize(
        "code",
        [
            "plt.ion()\nplt.plot(x, x)\nplt.draw()\nplt.pause(0.1)\nplt.ioff()\nplt.show()",
            "plt.show()\nplt.show()\nplt.plot(x, x)\nplt.show()\nplt.show()",
            "def draw():\n    figure = plt.figure()\n    plt.plot(x, x)\n    plt.close(figure)\ndraw()",
            "plt.plot(x, x)\nplt.show(block=False)",
            "with plt.ion():\n    plt.plot(x, x)",
            "with plt.style.context('ggplot'):\n    plt.plot(x, x)",
            "figure = plt.figure()\nfigure.canvas.manager.set_window_title('a')\nplt.plot(x, x)\nfigure.show()",
        ],
    )
    @pytest.mark.parametrize("format", ["py", "ipynb"])
    def test_a_curve_is_seen_once(self, observe: Observer, code: str, format: str) -> None:
        observation = observe(PLOT, code, format=format)  # type: ignore[arg-type]  # from the list above
        completed(observation)
        assert len(only(observation, Figure).curves) == 1

    def test_pauses_take_no_time(self, observe: Observer) -> None:
        observation = observe(PLOT + "for i in range(100):\n    plt.plot(x, x)\n    plt.pause(1)")
        completed(observation)
        assert len(events(observation, Figure)[-1].curves) == 100

    def test_the_cells_of_a_script_show_their_figures(self, observe: Observer) -> None:
        draw = "plt.cla()\nplt.plot(x, x)"
        assert len(events(observe(PLOT, draw, "plt.cla()\nplt.plot(x, x[::-1])", format="py"), Figure)) == 2

    def test_a_style_that_does_not_exist_is_the_students_error(self, observe: Observer) -> None:
        observation = observe(PLOT, "plt.style.use('seaborn')\nplt.plot(x, x)", "plt.plot(x, x)")
        assert "seaborn" in only(observation, UncaughtError).error.text
        assert len(events(observation, Figure)) == 1


NON_LEAF = "import torch\nx = torch.ones(3, requires_grad=True)\ny = x * x\ny.sum().backward()\n"


class TestWarnings:
    def test_the_grad_of_a_tensor_that_is_no_leaf(self, observe: Observer) -> None:
        observation = observe(NON_LEAF + "print(y.grad)")
        assert observation.outcome is Outcome.COMPLETED
        warning = only(observation, Warned)
        assert (warning.category, warning.place.line) == ("UserWarning", 5)
        assert "not a leaf" in warning.text
        assert printed(observation, "stderr").startswith("homework.py:5: UserWarning: The .grad attribute")

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("y.grad", "a tensor that is not a leaf"),
            ("torch.tensor(x)", "copies its values"),
            ("torch.tensor(y)", "copies its values"),
            ("float(x.sum())", "a plain number"),
            ("(x * x).sum().backward(create_graph=True)", "keeps the whole graph alive"),
        ],
    )
    def test_the_usual_ones_are_explained(self, observe: Observer, line: str, words: str) -> None:
        observation = observe(NON_LEAF + line)
        (text,) = find_run_notes(observation, (), lambda place: Location(cell=None, line=place.line))
        assert text.startswith("Line 5: ")
        assert words in text

    def test_each_line_warns_once(self, observe: Observer) -> None:
        observation = observe(NON_LEAF + "for _ in range(1000):\n    y.grad\nz = y.grad", "y.grad")
        assert [(event.place.cell, event.place.line) for event in events(observation, Warned)] == [
            (0, 6),
            (0, 7),
            (1, 1),
        ]

    def test_they_are_bounded(self, observe: Observer) -> None:
        observation = observe("import warnings\nfor i in range(1000):\n    warnings.warn(f'{i}' * 5000)")
        assert len(events(observation, Warned)) == 50
        assert max(len(event.text) for event in events(observation, Warned)) == TEXT.characters

    def test_those_for_developers_are_left_out_as_python_does(self, observe: Observer) -> None:
        code = """
            import warnings
            warnings.warn("mine", DeprecationWarning)
            warnings.warn_explicit("another's", DeprecationWarning, "library.py", 3, module="library")
            warnings.warn("later", PendingDeprecationWarning)
        """
        assert [event.text for event in events(observe(code), Warned)] == ["mine"]

    def test_the_student_decides(self, observe: Observer) -> None:
        assert (
            events(observe("import warnings\nwarnings.filterwarnings('ignore')\n" + NON_LEAF + "y.grad"), Warned) == []
        )
        caught = "import warnings\nwith warnings.catch_warnings(record=True) as w:\n    y.grad\nprint(len(w))"
        assert printed(observe(NON_LEAF + caught)) == "1\n"
        error = "import warnings\nwarnings.simplefilter('error')\ny.grad"
        assert only(observe(NON_LEAF + error), UncaughtError).error.type == "UserWarning"

    def test_a_message_that_cannot_be_shown_is_the_students_error(self, observe: Observer) -> None:
        code = """
            import warnings
            class Silent(UserWarning):
                def __str__(self): raise ValueError("no")
            warnings.warn(Silent())
        """
        assert only(observe(code), UncaughtError).error.type == "ValueError"

    def test_those_of_the_compiler_are_told_at_their_line(self, observe: Observer) -> None:
        warning = only(observe("x = 1", "x = 2\nx is 1"), Warned)
        assert (warning.category, warning.place.cell, warning.place.line) == ("SyntaxWarning", 1, 2)


class TestTorch:
    @pytest.mark.parametrize(
        "code",
        [
            "device = 'cuda' if torch.cuda.is_available() else 'cpu'\nx = torch.ones(3, device=device).to(device)",
            "torch.manual_seed(0)\ntorch.cuda.manual_seed_all(0)\nx = torch.rand(3)",
            "torch.set_default_dtype(torch.float64)\nx = torch.ones(3)\nassert x.dtype is torch.float64",
            "torch.set_default_device('cpu')\nx = torch.ones(3)",
            "torch.set_num_threads(4)\ntorch.set_printoptions(precision=2)\nx = torch.ones(3)",
            "torch.use_deterministic_algorithms(True)\nx = torch.ones(3)",
            "x = torch.ones(3)\n@torch.compile\ndef f(v):\n    return v * 2\nassert f(x).sum() == 6",
        ],
    )
    def test_settings_are_harmless(self, observe: Observer, code: str) -> None:
        rest = "\nx.requires_grad_()\n(x * x).sum().backward()\nassert torch.equal(x.grad, 2 * x)"
        completed(observe("import torch\n" + code + rest))

    def test_a_graphics_card_that_is_not_there_is_the_students_error(self, observe: Observer) -> None:
        observation = observe("import torch\nx = torch.ones(3).to('cuda')\nprint('on')")
        assert len(events(observation, TorchError)) == 1
        assert printed(observation) == "on\n"


class TestFilesAndKeyboard:
    def test_nobody_answers_at_the_keyboard(self, observe: Observer) -> None:
        error = only(observe("name = input('your name? ')"), UncaughtError).error
        assert error.type == "EOFError"
        assert error.text.startswith("input() has nobody to answer it here")

    def test_files_can_be_written_and_read_and_folders_entered(self, observe: Observer) -> None:
        code = """
            import os, torch, numpy as np
            open("notes.txt", "w").write("梯度")
            torch.save(torch.ones(3), "x.pt"); np.save("x.npy", np.ones(3))
            os.makedirs("data/raw", exist_ok=True)
            os.chdir("data/raw")
            open("here.txt", "w").close()
            print(os.listdir("."), open("../../notes.txt").read(), torch.load("../../x.pt").tolist())
        """
        observation = observe(code)
        completed(observation)
        assert printed(observation) == "['here.txt'] 梯度 [1.0, 1.0, 1.0]\n"

    def test_a_folder_that_was_entered_does_not_move_later_imports(self, observe: Observer) -> None:
        code = (
            "import os\nopen('mine.py', 'w').write('a = 1')\nos.mkdir('d')\nos.chdir('d')\nimport mine\nprint(mine.a)"
        )
        assert printed(observe(code)) == "1\n"

    def test_data_that_is_not_there_is_the_students_error(self, observe: Observer) -> None:
        error = only(observe("open('../data/house.csv')"), UncaughtError).error
        assert (error.type, Path(error.text.split("'")[1]).name) == ("FileNotFoundError", "house.csv")
