"""Orders to a machine: the forms in which a text speaks to the program that reads it. Words alone, in the languages that we can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

_READER: Final = r"(?:AIs?|LLMs?|AI (?:systems?|models?|assistants?)|(?:large )?language models?|chat ?bots?|(?:AI |virtual )?assistant|(?:automated|machine|AI) (?:reviewer|reader|critic)|(?:reviewing|reading|evaluating) model)"
_BEFORE: Final = r"(?:instructions?|prompts?|rules|guidelines|above|previous|prior|you were (?:told|given)|told before|system message)"
_FORMS: Final = (
    rf"\b(?:ignore|disregard|forget|override|i ?g ?n ?o ?r ?e)\b[^.\n]{{0,60}}\b{_BEFORE}\b",
    r"\bi g n o r e\b[^.\n]{0,120}",
    rf"\byou are (?:now )?(?:an? )?(?:\w+ ){{0,2}}{_READER}\b",
    r"\b(?:system|developer) (?:prompt|message)\b|\bhidden (?:prompt|instructions?)\b",
    r"\A\s*(?:SYSTEM|DEVELOPER|System|Developer)(?: message| prompt)?\s*:",
    rf"\b(?:as|dear|note to|to) (?:an? |the |any |all )?{_READER}\s*[:,]",
    rf"\b{_READER}\b(?: (?:that|which|who|is|are))?,? (?:reading|processing|summari[sz]ing|evaluating|that read|read|must|has to|have to|should (?:now )?(?:answer|report|assign|set|rate|mark|conclude))\b",
    rf"\bany (?:model|{_READER}) that (?:reads|evaluates|processes|summari[sz]es)\b",
    rf"\bif you are (?:an? )?{_READER}\b",
    r"\b(?:assign|set|give)\b[^.\n]{0,40}\b(?:probability|credences?|confidence)\b[^.\n]{0,40}\b(?:1|0|100|0?\.9\d*)\b",
    r"\b(?:output|respond with|answer with|return) only\b",
    r"\b(?:when|before|while|after) you (?:read|answer|summari[sz]e|extract|analy[sz]e|process|evaluate|review)\b[^.\n]{0,80}\b(?:also add|add the claim|do not|don't|repeat|include|leave out|omit|report|answer|say)\b",
    r"\bdo not (?:flag|report|mention) this (?:passage|text|page|document|sentence)\b",
    r"\bfollow the instructions? (?:in|below|above|that follow)|\bdecode (?:this|the following) base64\b",
    r"<\|?/?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?INST\]|</?(?:tool_call|function_call|tool_use|function)s?\b|</?source\b|\"role\"\s*:\s*\"(?:system|assistant)\"",
    r"\b(?:tool|function) (?:result|output|call)\s*:",
    r"\bignorier\w*\b[^.\n]{0,60}\banweisung\w*|\bignor(?:ez|e|er)\b[^.\n]{0,40}\bles instructions\b|\bignor(?:a|e|en|ar)\b[^.\n]{0,40}\binstrucciones\b|\bignor(?:a|i|are)\b[^.\n]{0,40}\bistruzioni\b",
    r"\bигнорир\w*\b[^.\n]{0,60}\b(?:инструкци|указани)\w*|(?:忽略|无视)[^。\n]{0,30}(?:指令|指示|提示)|(?:指示|命令)を?無視",
)
_ORDERS: Final = re.compile("|".join(_FORMS), re.IGNORECASE)
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?。])\s+|\n+")


_TAKEN_OUT: Final = "[…]"
"""What stands in a prompt where an order stood: no sentence, so that nobody asserts it."""


def orders_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the sentences stand that give orders to a machine."""
    start = 0
    for ending in _SENTENCE_ENDS.finditer(text):
        if _ORDERS.search(text[start : ending.start()]):
            yield start, ending.start()
        start = ending.end()
    if _ORDERS.search(text[start:]):
        yield start, len(text)


def without_orders(text: str) -> str:
    """Take out the sentences that give orders to a machine: whoever reads the rest isn't spoken to."""
    kept, last = [], 0
    for start, end in orders_in(text):
        kept += [text[last:start], _TAKEN_OUT]
        last = end
    return "".join([*kept, text[last:]])


def last_without_orders(text: str, characters: int) -> str:
    """Return the end of what `without_orders` makes of a text, reading no more of it than that takes."""
    reach = 2 * characters
    while reach < len(text):
        # The first ending may be the rest of one that began before.
        ending = next(islice(_SENTENCE_ENDS.finditer(text, len(text) - reach), 1, 2), None)
        if ending and len(kept := without_orders(text[ending.end() :])) >= characters:
            return kept[-characters:]
        reach *= 2
    return without_orders(text)[-characters:]


def first_without_orders(text: str, characters: int) -> str:
    """Return the beginning of what `without_orders` makes of a text, reading no more of it than that takes."""
    reach = characters
    while reach < len(text):
        ending = _SENTENCE_ENDS.search(text, reach)
        if ending and len(kept := without_orders(text[: ending.end()])) >= characters:
            return kept[:characters]
        reach *= 2
    return without_orders(text)[:characters]
