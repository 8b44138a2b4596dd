"""Answers in words where learners write them, and files that answer nothing. All of it was written for these tests.

The questions are repeated as learners repeat them: numbered, edited, quoted, cut off, translated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.helpers.submission_files import code, markdown, notebook

SETUP = "import torch\n\nx = torch.arange(4.0, requires_grad=True)\ny = 2 * torch.dot(x, x)\ny.backward()\nx.grad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A file, and what it answers in words: for each exercise, a part of the passage."""

    name: str
    file: str
    content: str
    answers: dict[str, str]


def _notebook(name: str, *cells: object, **answers: str) -> Sample:
    answered = {exercise.replace("_", "-"): text for exercise, text in answers.items()}
    return Sample(name=name, file="homework.ipynb", content=json.dumps(notebook(*cells)), answers=answered)


def _file(name: str, file: str, content: str, **answers: str) -> Sample:
    answered = {exercise.replace("_", "-"): text for exercise, text in answers.items()}
    return Sample(name=name, file=file, content=content, answers=answered)


ANSWERS = (
    _notebook(
        "a list item with the question, the answer below it",
        code(SETUP),
        markdown(
            "2. Run backward once more directly after the first time and look at what happens.\n\n"
            "It throws a RuntimeError, for the buffers are gone; with retain_graph=True the gradients pile up."
        ),
        double_backward="the buffers are gone",
    ),
    _notebook(
        "question and answer on one line",
        code(SETUP),
        markdown(
            "- Why are second derivatives more expensive than first derivatives? You need the graph of the first "
            "gradient as well, so both memory and time grow."
        ),
        second_derivative="You need the graph",
    ),
    _notebook(
        "in the question's cell, in bold",
        code(SETUP),
        markdown(
            "### 练习\n1. 为什么求二阶导数比求一阶导数开销更大？\n\n**因为要先把一阶导数的计算图建好，再求一次导。**"
        ),
        second_derivative="先把一阶导数",
    ),
    _notebook(
        "in coloured HTML, in the cell of all questions",
        code(SETUP),
        markdown(
            "1. 为什么求二阶导数比求一阶导数的开销更大？<br><font color='red'>二阶导要在一阶导的图上再走一遍</font>\n"
            "2. 反向传播运行一次之后马上再运行一次，会看到什么？<br><font color='red'>会抛出异常，图已经没有了</font>\n"
            "3. 在控制流的例子里，把变量 a 换成随机向量或者矩阵会怎么样？"
        ),
        second_derivative="再走一遍",
        double_backward="图已经没有了",
    ),
    _notebook(
        "a heading with the question, and an answer in a quotation",
        code(SETUP),
        markdown(
            "## Q2. What happens if you call backward twice on the same result?\n\n> "
            "An error. Intermediate values were thrown away after the first call."
        ),
        double_backward="thrown away",
    ),
    _notebook(
        "under a heading that names the exercise, behind a heading for the answer",
        markdown("## Backward, twice"),
        markdown("### Answer\nPyTorch drops what it saved for the first pass, so the second one has nothing to use."),
        code("# nothing to run here"),
        double_backward="drops what it saved",
    ),
    _notebook(
        "a comment in the question's code cell",
        code(SETUP),
        code(
            "# 反向传播运行一次之后，马上再运行一次会看到什么\n# 报错了：计算图在第一次之后被释放，保留它就可以累加梯度"
        ),
        double_backward="第一次之后被释放",
    ),
    _notebook(
        "commented-out code with a remark",
        code(SETUP),
        markdown("2、对同一个结果连续两次调用 backward 会怎样？"),
        code("# y.backward()  # 报错\n# y.backward(retain_graph=True)"),
        double_backward="报错",
    ),
    _notebook(
        "words in a code cell, which does not parse",
        code(SETUP),
        markdown("**What happens if you call backward twice on the same result?**"),
        code("The second call fails since the graph was freed by then"),
        double_backward="The second call fails",
    ),
    _notebook(
        "a numbered list of answers below the list of questions",
        markdown(
            "1. Why are second derivatives more expensive than first derivatives?\n"
            "2. What happens if you call backward twice on the same result?\n"
            "3. Design another example of a gradient through control flow, run it and analyse what comes out."
        ),
        code(SETUP),
        markdown(
            "1. Since the first gradient is itself a long computation "
            "with its own graph.\n2. RuntimeError, the graph is freed."
        ),
        second_derivative="a long computation",
        double_backward="the graph is freed",
    ),
    _notebook(
        "a cell whose tag names the exercise",
        code(SETUP),
        code(
            '"""The saved tensors are released, that is why it complains the second time."""',
            metadata={"tags": ["double-backward"]},
        ),
        double_backward="saved tensors are released",
    ),
    _notebook(
        "below a line in bold that follows the question",
        code(SETUP),
        markdown("# Notes\n\nRun backward once more right after the first time and look at what happens:"),
        markdown("**My observation**\n\nthe interpreter stops me with an error about freed buffers"),
        double_backward="stops me with an error",
    ),
    _file(
        "a comment at the beginning of a script, before the program",
        "homework.py",
        "# 1. Why does computing a second derivative cost so much more than the first?\n"
        "# Every step of the first backward has to be differentiated again.\n"
        f"{SETUP}\n",
        second_derivative="has to be differentiated again",
    ),
    _file(
        "comments in the middle of a script",
        "homework.py",
        f"{SETUP}\n\n# 为什么求二阶导数比一阶导数开销更大?\n#\n# 求二阶导时还要保存一阶导的图\n\n"
        "# 反向传播运行一次后马上再运行一次，会看到什么\n# 答：抛异常，缓存已释放\n",
        second_derivative="还要保存一阶导的图",
        double_backward="缓存已释放",
    ),
    _file(
        "the docstring of a script",
        "homework.py",
        '"""\nExercises\n\n1. Why are second derivatives more expensive than first derivatives?\n'
        "   The first derivative is a graph of its own, and backward has to walk through all of it.\n\n"
        "2. What happens if you call backward twice on the same result?\n"
        '   It refuses, unless the graph is retained.\n"""\n',
        second_derivative="walk through all of it",
        double_backward="refuses, unless",
    ),
    _file(
        "docstrings of functions",
        "homework.py",
        f"{SETUP}\n\n\ndef task_two():\n"
        '    """What happens if you call backward twice on the same result?\n\n'
        '    It raises: whatever was kept for the pass is gone."""\n',
        double_backward="whatever was kept",
    ),
    _file(
        "printed sentences",
        "homework.py",
        f"{SETUP}\n\nprint('2. What happens if you call backward twice on the same result?')\n"
        "print('A RuntimeError, as the graph does not exist any more')\n",
        double_backward="does not exist any more",
    ),
    _file(
        "a banner of comments",
        "homework.py",
        f"{SETUP}\n\n# ==========================\n# Backward, twice\n# ==========================\n"
        "# Once the gradients are there, autograd forgets the graph and cannot repeat the pass.\n",
        double_backward="autograd forgets the graph",
    ),
    _file(
        "a Markdown cell of a script",
        "homework.py",
        f"# %%\n{SETUP}\n# %% [markdown]\n# **Q:** what happens if you call backward twice on the same result?\n#\n"
        "# **A:** the second call finds no graph.\n",
        double_backward="finds no graph",
    ),
    _file(
        "notes with the question as a quotation",
        "homework.md",
        f"# My notes\n\n```python\n{SETUP}\n```\n\n"
        "> 对同一个结果连续两次调用 backward 会怎样？\n\n会报错，除非第一次保留了计算图。\n",
        double_backward="除非第一次保留",
    ),
    _file(
        "plain text with numbers",
        "homework.txt",
        "Exercises\n\n(1) Why are second derivatives more expensive than first derivatives\n"
        "because there are n times as many numbers to find\n"
        "(2) What happens if you call backward twice on the same result\n"
        "it is an error the second time\n",
        second_derivative="n times as many",
        double_backward="an error the second time",
    ),
    _file(
        "a question in part, with the answer behind a dash",
        "homework.md",
        "Run backward once more directly after the first time - RuntimeError: the graph has been freed already\n",
        double_backward="freed already",
    ),
    _file(
        "a translation that only the wordings know",
        "homework.md",
        "1) 二阶导数的计算为什么比一阶导数贵得多\n\n要对梯度的计算再做一次自动微分，代价自然更高。\n",
        second_derivative="代价自然更高",
    ),
    _file(
        "a table of questions and answers",
        "homework.md",
        "| question | answer |\n|---|---|\n"
        "| What happens if you call backward twice on the same result? | the graph is gone by then, so it fails |\n",
        double_backward="gone by then",
    ),
    _notebook(
        "in a box that unfolds",
        code(SETUP),
        markdown(
            "<details><summary>Why are second derivatives more expensive than first derivatives?</summary>\n"
            "Each of the n numbers of the gradient has n derivatives of its own.\n</details>"
        ),
        second_derivative="n derivatives of its own",
    ),
    _file(
        "a call that was commented out, below the live call that leads there",
        "homework.py",
        "# 1. 为什么求二阶导数比求一阶导数开销更大？\n"
        "# 2. 反向传播运行一次之后马上再运行一次，会看到什么？\nimport torch\n"
        "x = torch.arange(3.0, requires_grad=True)\ny = x * x\ny.sum().backward()\n"
        "# y.sum().backward()  # 再来一次就报错\n",
        double_backward="再来一次就报错",
    ),
    _notebook(
        "a text cell whose metadata names the exercise, as nbgrader writes it",
        code(SETUP),
        markdown("In the second pass the saved values are missing.")
        | {"metadata": {"nbgrader": {"grade_id": "double-backward", "solution": True}}},
        markdown("That was all for today, and it was not as hard as I had thought."),
        double_backward="saved values are missing",
    ),
    _notebook(
        "in a raw cell",
        markdown("What happens if you call backward twice on the same result?"),
        {"cell_type": "raw", "metadata": {}, "source": "An error, for its buffers are gone by then."},
        double_backward="its buffers are gone",
    ),
    _notebook(
        "as a heading that begins with Answer",
        markdown("**2.** What happens if you call backward twice on the same result?"),
        markdown("#### Answer: an error, since its buffers are gone\n\nThat is not so with `retain_graph=True`."),
        double_backward="not so with",
    ),
    _notebook(
        "in a cell for code, with an argument in it",
        markdown("What happens if you call backward twice on the same result?"),
        code("RuntimeError: the buffers are gone, use retain_graph=True"),
        double_backward="buffers are gone",
    ),
    _notebook(
        "behind what the sheet left for it",
        markdown(
            "Why are second derivatives more expensive than first derivatives?\n\n"
            "Your answer: the first graph is built, and then another graph of it."
        ),
        markdown(
            "What happens if you call backward twice on the same result?\n\n*Your answer here*: its buffers are gone."
        ),
        second_derivative="the first graph",
        double_backward="buffers are gone",
    ),
    _file(
        "in comments, with a line below it that only prints",
        "homework.py",
        "import torch\n\nx = torch.arange(3.0)\n\n# What happens if you call backward twice on the same result?\n"
        "# It fails, for its buffers are gone by then.\nprint(x)\n",
        double_backward="its buffers are gone",
    ),
    _notebook(
        "in two words",
        code(SETUP),
        markdown("What happens if you call backward twice on the same result?\n\n> An error."),
        double_backward="An error.",
    ),
    _file(
        "in a few characters",
        "homework.md",
        "## 练习\n\n1. 为什么求二阶导数比求一阶导数开销更大\uff1f\n> 略\n\n"
        "2. 反向传播运行一次之后马上再运行一次\uff0c会看到什么\uff1f\n> 报错\n",
        double_backward="报错",
    ),
)
"""Twenty and more answers in as many places."""

NOT_ANSWERED = (
    _notebook(
        "the questions alone",
        code(SETUP),
        markdown(
            "## 练习\n1. 为什么求二阶导数比求一阶导数开销更大？\n1. 反向传播运行一次之后马上再运行一次，会看到什么？\n"
            "1. 在控制流的例子里，把变量 a 换成随机向量或者矩阵会怎么样？\n1. "
            "自己重新设计一个含控制流的求梯度例子，运行它并分析结果。"
        ),
    ),
    _notebook(
        "the questions alone, and other work below them",
        markdown(
            "1. Why are second derivatives more expensive than first derivatives?\n"
            "2. What happens if you call backward twice on the same result?\n"
            "3. Draw the graph of the sine and of its derivative; get "
            "the derivative from automatic differentiation and not "
            "from the cosine."
        ),
        markdown("I have not done these yet, but I like the chapter a lot and will come back."),
        code(SETUP),
    ),
    _notebook(
        "each question in a cell of its own",
        markdown("### 1. Why are second derivatives more expensive than first derivatives?"),
        code(""),
        markdown("### 2. What happens if you call backward twice on the same result?"),
        code("# your code here"),
        markdown("### 3. Plot f(x) = sin(x) and its derivative, without using that it is cos(x)."),
        code("# TODO"),
    ),
    _notebook(
        "notes about other things, with numbers",
        markdown(
            "# Lecture 7\n\n1. Tensors have a shape and a dtype.\n"
            "2. Backward needs a scalar, it is explained later.\n3. Layers are modules."
        ),
        code("# 1. make a tensor\nx = [1, 2]\n# 2. go backward through the list\nx[::-1]\n# 3. plot\n"),
    ),
    _file(
        "steps of a program that have the numbers of exercises",
        "training.py",
        "# 1. load the data\ndata = [1, 2, 3]\n# 2. run the model backward and forward in a loop\nfor step in data:\n"
        "    print('step', step)\n# 3. show a vector of results\nprint(data)\n",
    ),
    _file(
        "a sentence that mentions an exercise",
        "homework.md",
        "# Diary\n\nToday I read about control flow with a vector input, and about how backward, twice, is an error.\n"
        "The sine and its derivative come next week.\n",
    ),
    _file(
        "a list of reasons in an answer to another course's question",
        "homework.md",
        "## Exercise 1: why do networks overfit?\n\n"
        "There are four reasons:\n\n1. too many weights\n2. too few examples\n"
        "3. noise in the labels\n4. no regularization\n",
    ),
    _file(
        "a tutorial with its own headings",
        "autograd.md",
        "# Autograd in five minutes\n\n## 1. Tensors\n"
        "A tensor may require a gradient, which is stored in its field.\n\n"
        "## 2. Gradients\nCalling backward fills the gradient of each leaf.\n\n"
        "## 3. Detach\nIt gives a tensor without a graph.\n",
    ),
    _notebook(
        "places that were left for the answers",
        markdown("### Why are second derivatives more expensive than first derivatives?"),
        markdown("*Write your answer to this question here.*"),
        markdown("### What happens if you call backward twice on the same result?"),
        markdown("YOUR ANSWER HERE (in a sentence or two)"),
        code("# TODO: run it twice and say what happens"),
        markdown("### 在控制流的例子里，把变量 a 换成随机向量或者矩阵会怎么样？"),
        markdown("请在此处作答（不超过一百字）"),
    ),
    _file(
        "questions in a list at the end of notes",
        "homework.md",
        "# Chapter\n\nSome of my own notes about tensors, which answer nothing.\n\n"
        "1. Why are second derivatives more expensive than first derivatives?\n"
        "2. What happens if you call backward twice on the same result?\n"
        "3. Design another example of a gradient through control flow, run it and analyse what comes out.\n",
    ),
    _notebook(
        "what the sheet left for the answers",
        markdown(
            "**Question 1.** Why are second derivatives more expensive than first derivatives?\n\n"
            "_Type your answer here, replacing this text._"
        ),
        markdown("What happens if you call backward twice on the same result?\n\nAnswer: *your answer here*"),
    ),
    _file(
        "a lecture about what an exercise asks",
        "notes.md",
        "# Derivatives by program\n\n## Modes of automatic differentiation\n\nThere are two of them.\n\n**What is "
        "used?** The reverse mode of automatic differentiation: what was computed is kept for the way back.\n\n"
        "## 正向传播和反向传播\n\n自动微分有两种模式\uff1a正向模式和反向模式。反向传播要保存中间结果。\n",
    ),
    _notebook(
        "a few words that tell what to write",
        code(SETUP),
        markdown("What happens if you call backward twice on the same result?\n\nNote the error."),
    ),
)
"""Files in which nobody answered an exercise in words."""
