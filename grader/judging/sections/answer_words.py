"""Words that announce an answer ("Answer", "解答"), which open and close no section, and words that announce exercises
("Homework 2", "练习").
"""

from __future__ import annotations

import re

from grader.judging.sections.names import plain

MIN_ANSWER = 15
"""Letters of an answer, of which a Han character counts for two; a shorter text is a remark such as "see above"."""
_ANNOUNCED = (
    r"answers?|my answer|solutions?|my solution|ans|a|code|my code|results?|outputs?|explanation|analysis|reason|why"
    r"|conclusion|note|notes|discussion|observation|observations|interpretation"
    r"|答案?|解答?|回答|我的(?:答案|解答|回答)|代码|程序|结果|输出|分析|解释|说明|原因|结论|思路|实现|运行结果|注意?"
    r"|答え|解答例|답|풀이|ответ|решение|respuesta|solución|réponse|antwort|lösung"
)
_LONGEST_TITLE = 60
_TITLE = re.compile(rf"(?:{_ANNOUNCED})")
# "A. " also numbers the headings of a text, so that a sentence has to follow it.
_ANSWER_FOLLOWS = re.compile(
    r"\W*(?:(?:(?:my )?(?:answer|solution)|ans|a|答案?|解答?|回答|我的(?:答案|解答|回答)|答え|답|ответ|решение"
    r"|respuesta|réponse|antwort|lösung)\s*[:\uff1a]|a\.(?=(?:\s+[^\W\d_]+){5}))\s*(?P<answer>\S.*)",
    re.IGNORECASE,
)
_EXERCISES = re.compile(
    r"(?:\S+ ){0,3}(?:exercises?|homeworks?|assignments?|problems?|questions?|answers?|solutions?|quiz|sheet|hw"
    r"|übung(?:en)?|übungsaufgaben|aufgaben?|hausaufgaben?|ejercicios|tarea|exercices|devoir|esercizi|exercícios|tarefas?"
    r"|упражнения|задания|opgaven|oefeningen|zadania|ćwiczenia|al\u0131\u015ft\u0131rmalar|ödev|bài tập)"
    r"(?: \S+){0,2}"
    r"|.{0,12}(?:習題|习题|作业|作業|问题|題目|题目|课后|思考题|答案|解答|演習|练习|練習|連習|課題|연습|과제).{0,6}"
)
_IN_TEXT = re.compile(
    r"答\s*[:\uff1a]|答案|因为|因此|所以|报错|\bbecause\b|\banswer\b|\bsince\b|\braises?\b|\bit (?:is|will|was)\b"
    r"|\bans?\s*:",
    re.IGNORECASE,
)


def is_answer_title(title: str) -> bool:
    """Whether a title only announces an answer."""
    words = plain(title).split()
    joined = " ".join(words)
    unspaced = "".join(words)
    return bool(_TITLE.fullmatch(joined) or _TITLE.fullmatch(unspaced))


def announced_answer(text: str) -> str:
    """What follows "Answer:" and the like on the line; empty if the text begins with nothing like it."""
    match = _ANSWER_FOLLOWS.match(text)
    return match["answer"] if match else ""


def reads_like_an_answer(text: str) -> bool:
    """Whether a text that is like a question has words of an answer."""
    return _IN_TEXT.search(text) is not None


def announces_exercises(title: str) -> bool:
    """Whether a title says that exercises or their answers follow."""
    words = plain(title).split() if len(title) <= _LONGEST_TITLE else []
    return bool(words) and bool(_EXERCISES.fullmatch(" ".join(words)) or _EXERCISES.fullmatch("".join(words)))
