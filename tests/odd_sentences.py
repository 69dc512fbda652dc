"""Sentences that are unusual but good: each must get an answer, and come back as typed."""

import pytest

ODD = {
    "case and accents": ("Café É NAÏVE", "Ça va, Zoë?"),
    "accents apart": ("cafe\u0301 is a cafe\u0301", "e\u0301\u0302"),
    "right to left": ("שלום עולם", "مرحبا بالعالم."),
    "CJK": ("猫は眠っている。", "狗在跑"),
    "Thai": ("สวัสดี", "แมวนอนหลับ"),
    "emoji": ("🙂 the 👩‍👩‍👧 runs", "❤️ 👍🏽"),
    "markup": ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>"),
    "template": ("{{value}} ${alert(1)}", "&amp; is not &"),
    "control characters inside": ("the\x00cat \x1b[31mis\x07 in", "a\u200bb \u202eabc"),
    "special tokens typed": ("the [MASK] is [SEP] in", "[CLS] a [UNK]"),
    "punctuation": ("...", "?!"),
    "one letter": ("a", "b"),
    "a word too long": ("z" * 300, "runs"),
}


odd = pytest.mark.parametrize(("premise", "hypothesis"), ODD.values(), ids=ODD)
