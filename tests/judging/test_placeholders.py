"""What a sheet leaves for an answer to take its place is no answer, and swallows none."""

from __future__ import annotations

import pytest

from grader.judging.words.placeholders import without_placeholders

PLACEHOLDERS = [
    "_Type your answer here, replacing this text._",
    "*Double-click to write your answer.*",
    "Double-click (or enter) to edit",
    "Double click here to edit",
    "Enter your answer in this cell",
    "Replace this text with your answer.",
    "(please type your response)",
    "Answer: *your answer here*",
    "**Answer:** _Write your short answer here and explain it._",
    "YOUR ANSWER HERE",
    "# YOUR CODE HERE",
    "<!-- Put your explanation below -->",
    "<font color='red'>Your answer goes here.</font>",
    "[Insert your solution here]",
    "YOUR ANSWER HERE (in a sentence or two)",
    "Click here to enter text.",
    "*Click to add your answer*",
    "Explain your answer here",
    "Student response here",
    "Type *Markdown* and LaTeX: $\\alpha^2$",
    "Remove this line and add your answer",
    "This cell is for your written answer",
    "Write one or two sentences here",
    "Please answer here...",
    "TODO: say what happens, and why",
    "你的答案写在这里",
    "请在此处输入你的答案。",
    "\uff08在这里写下你的回答\uff09",
    "双击此单元格编辑",
    "答案\uff1a请在这里作答",
    "請在此輸入您的答案",
    "用你的答案替换这段文字",
    "待补充说明",
    "双击\uff08或按回车键\uff09即可编辑",
    "请删除此行并写下你的答案",
    "请在下面的单元格中写出你的答案",
    "Escribe tu respuesta aquí",
    "Écrivez votre réponse ici.",
    "Bitte hier Ihre Antwort eingeben",
    "Schreibe deine Antwort hier",
    "Digite sua resposta aqui",
    "Напишите свой ответ здесь",
    "ここに答えを書いてください",
    "여기에 답을 작성하세요",
]
ANSWERS = {
    "Your answer: Integers move in steps.": "Integers move in steps.",
    "*Your answer here* Integers move in steps.": "Integers move in steps.",
    "*Your answer here*: Integers move in steps.": "Integers move in steps.",
    "_Type your answer here, replacing this text._ Integers move.": "Integers move.",
    "Answer: your answer here. Integers move.": "Integers move.",
    "你的答案写在这里\uff1a整数是一步一步变的": "整数是一步一步变的",
}
SENTENCES = [
    "Remove this line and the gradient is None",
    "Describe it as you like, the text of the error says that it was freed",
    "Insertar otra llamada da error en el texto",
    "在此处再次调用会报错",
    "请看上面的结果\uff0c第二次会报错",
    "Your answer here Integers move in steps.",
    "Answer: an error, it was freed",
    "Replace the call by retain_graph=True and it works here",
    "Type errors are raised here, since integers have no slope",
    "Put the second call below the first, and it fails",
    "If you double click nothing happens, the gradient is kept",
    "x.grad doubles",
    "因为在这里写成两次反向传播会报错",
    "在下面的代码里会报错",
]


@pytest.mark.parametrize("line", PLACEHOLDERS)
def test_a_placeholder_is_no_answer(line: str) -> None:
    assert without_placeholders(line) == ""


@pytest.mark.parametrize(("line", "answer"), ANSWERS.items())
def test_what_follows_a_placeholder_is_kept(line: str, answer: str) -> None:
    assert without_placeholders(line).lstrip(" *_:.\uff1a") == answer


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_with_such_words_is_kept(line: str) -> None:
    assert without_placeholders(line) == line


@pytest.mark.parametrize("unit", ["write your ", "在这里你", "(", "a_", "<a ", "写 ", "please "])
def test_a_hostile_line_takes_linear_time(unit: str) -> None:
    assert without_placeholders(unit * 20_000 + "!") is not None
