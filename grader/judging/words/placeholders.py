"""Texts that a sheet leaves for the answer to take its place, such as "Type your answer here".

A placeholder is told by its whole sentence: who writes "the sign of your answer here is wrong" has written something.
It ends at a colon, at the end of its sentence or of its emphasis, and what follows it on the line is an answer.
"""

from __future__ import annotations

import re

from grader.judging.sections.answer_words import is_answer_title

LONGEST = 120
"""Characters of a placeholder; some patterns below take quadratic time."""
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>|<!--|-->")
# Of these, nothing that follows is an answer. The last is what Jupyter shows in an empty cell.
_LEFT_TO_DO = re.compile(r"(?:todo|fixme)\b|type \*?markdown\*? and latex\b", re.IGNORECASE)
# Up to the next sign that ends a sentence or emphasis. An underscore inside a name is no emphasis.
_SENTENCE = re.compile(
    r"(?:[^\W_]|(?<=[^\W_])[_'\u2019-](?=[^\W_])|[ \t,/\u3001\uff0c]"
    r"|[(\uff08](?=[^()\uff08\uff09\n]{0,40}[)\uff09][ ,]{0,2}[^\W_])[^()\uff08\uff09\n]{0,40}[)\uff09])+"
)

# "(at most 100 words)" behind a placeholder.
_ADVICE = re.compile(r"[ \t]*[(\uff08][^()\uff08\uff09\n]{0,60}[)\uff09]")

_ANSWER = (
    r"(?:answers?|responses?|solutions?|explanations?|text|code|reasoning|reasons?|comments?|thoughts|observations?"
    r"|analysis|discussion|findings|interpretation|justification|words|work|sentences?|paragraphs?)"
)
_WRITE = (
    r"(?:write|type|enter|put|add|insert|provide|give|place|record|include|fill|start|begin|leave|submit|edit|replace"
    r"|overwrite|explain|describe|discuss|state|summari[sz]e)"
)
_HERE = r"(?:here|below|(?:in|into|inside|to) (?:this|the) (?:text )?(?:cell|box|space|field|block|line))"
_GOES_ON = r"(?:,? (?:and|or|replacing|with|using|in|into|by|for|to|then|as|on)\b.*)?"
_PATTERNS = (
    # English
    rf"(?:please )?{_WRITE} (?:[\w-]+ ){{0,3}}(?:your|my) (?:[\w-]+ ){{0,2}}{_ANSWER}{_GOES_ON}",
    rf"(?:please )?{_WRITE} (?:[\w-]+ ){{0,3}}(?:{_ANSWER}|something) {_HERE}{_GOES_ON}",
    rf"(?:please )?(?:write|type|answer|enter|edit|start)(?: (?:it|this question|the question))? {_HERE}",
    r"(?:please )?(?:replace|overwrite|delete|edit|change) this (?:text|placeholder|sentence|markdown)\b.*",
    r"(?:please )?(?:replace|remove|delete|edit|use) this (?:line|cell|comment|box|space) (?:with|to|for|and)\b.*"
    r"\b(?:your|answer)\b.*",
    r"replacing this (?:text|line|cell|placeholder|comment)",
    rf"(?:(?:the|this) )?(?:markdown )?(?:space|cell|place|room) (?:is )?(?:left )?for (?:your|the) (?:\w+ )?{_ANSWER}",
    rf"(?:your|(?:the )?student(?:'?s)?) (?:[\w-]+ ){{0,2}}{_ANSWER}"
    rf"(?: (?:goes|should go|belongs|comes|must go|to go))?(?: {_HERE})?{_GOES_ON}",
    rf"(?:the )?{_ANSWER} (?:goes |comes |belongs )?{_HERE}",
    r"(?:please )?(?:double[ -]?click|click (?:here|on this|on the|this|the))\b.*",
    r"(?:please )?(?:click|tap|press)(?: \w+)? to (?:add|edit|write|enter|type|insert|answer)\b.*",
    r"not answered yet|no answer yet|coming soon|i will (?:do|answer|finish|complete) (?:this|it) later"
    r"|(?:answer )?to be (?:done|completed|filled in|answered|written|added)(?: later| by the student)?",
    # Spanish and Portuguese, French, German, Russian
    r"(?:escrib|introdu[cz]|ingres|insert|escrev|digit|insir|coloqu)\w*\b"
    r".*\b(?:tu|su|sua) (?:respuesta|resposta|texto)\b.*",
    r"(?:tu|su|sua) (?:respuesta|resposta)(?: (?:va )?aqu[íi])?|(?:haz |haga )?(?:doble clic|clique duplo)\b.*",
    r"(?:veuillez )?(?:écri|entre[zr]|saisi|tape[zr]|insére|remplace)\w*\b.*\b(?:réponse|texte|code)\b.*",
    r"(?:votre|ta) réponse(?: ici)?|double[ -]?cliquez\b.*",
    r"(?:bitte )?(?:hier )?(?:bitte )?(?:deine |ihre |eure )?(?:antwort|lösung)(?: hier)? (?:ein|hin|schreib)\w+",
    r"(?:bitte )?(?:schreib|geben|gib|trag|ersetz|füg)\w*\b.*\b(?:deine|ihre|eure|diesen)\b.*\b(?:antwort|text)\b.*",
    r"(?:deine|ihre|eure) (?:antwort|lösung)(?: hier| kommt hierher)?|doppelklick\w*\b.*",
    r"(?:пожалуйста,? )?(?:напиш|введ|впиш|встав|запиш)\w*\b.*\b(?:ответ|решени|текст|код)\w*.*",
    r"(?:ваш|место для) ответа?(?: здесь)?|(?:scrivi|inserisci)\b.*\b(?:tua|la) risposta\b.*",
    # Japanese and Korean
    r"(?:ここ|こちら)に.{0,12}(?:書いて|記入|入力|記述|回答).{0,8}|あなたの(?:答え|回答|解答)",
    r"(?:여기에|이곳에) .{0,12}(?:작성|입력|쓰|적|기입).{0,8}",
)
_PLACEHOLDER = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)
# In Chinese, of both scripts, a placeholder consists of these words, and no other sentence does.
_TO_WRITE = (
    "双击|雙擊|点击|點擊|单击|键入|鍵入|写出|寫出|删除|刪除|修改|填写|填寫|填入|写下|寫下|写入|寫入|写|寫|输入|輸入|作答|回答|解答|答题|答題|编辑|編輯"
    "|替换|替換|补充|補充|添加|完成|填"
)
_PLACE_OR_TEXT = (
    "这里|這裡|這裏|此处|此處|下面|下方|单元格|單元格|文本框|文本|文字|内容|內容|横线|空白|此"
    "|双击|雙擊|点击|點擊|问题|問題|思考|自己的话|自己的話|答案|代码|程式碼|程序|分析|解释|解釋|理由|想法|思路|结果|結果|说明|說明|解析|请|請|待"
)
_BETWEEN = (
    "按回车键|学生|學生|区域|简要|簡要|本行|此行|这个|這個|这段|這段|自己|开始|開始|即可|你|您|我|的|在|将|將|把|用|以|于|於|为|為|成|并|后|後|来|來|处|處|中|里|裡|内|內"
    "|上|下|到|本|该|該|一|段|个|個|行|区|區|话|話|或|可|[ ,()\uff08\uff09\uff0c\u3001]"
)
# Possessive, since a search that tried each combination again would take exponential time.
_CHINESE = re.compile(f"(?:{_TO_WRITE}|{_PLACE_OR_TEXT}|{_BETWEEN})++")


def without_placeholders(line: str) -> str:
    """A line of text without the placeholders that it begins with; empty if it is nothing else."""
    text = _TAG.sub(" ", line)
    kept = position = 0
    while (found := _SENTENCE.search(text, position)) is not None:
        position = found.end()
        sentence = " ".join(found[0].split()).strip(" ,\u3001\uff0c")
        if _LEFT_TO_DO.match(text[found.start() : position + LONGEST].lstrip()):
            return ""
        if _is_placeholder(sentence):
            advice = _ADVICE.match(text, position)
            kept = position = advice.end() if advice else position
        elif sentence and not is_answer_title(sentence):  # an "Answer:" before a placeholder goes with it
            break
    rest = text[kept:]
    return rest if any(map(str.isalnum, rest)) else ""


def _is_placeholder(sentence: str) -> bool:
    if not sentence or len(sentence) > LONGEST:
        return False
    if _PLACEHOLDER.fullmatch(sentence):
        return True
    is_chinese = _CHINESE.fullmatch(sentence) is not None
    return is_chinese and bool(re.search(_TO_WRITE, sentence)) and bool(re.search(_PLACE_OR_TEXT, sentence))
