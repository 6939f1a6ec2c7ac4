"""When is a fact good enough to answer from? A wrong figure is worse than no answer."""

from __future__ import annotations

from qa.lookup import Candidate
from qa.wording import figure_of

ANCHOR = 0.6
"""The item or project of an answer must match the question at least this well."""
CERTAIN = 5.5
"""A fact of this score that leaves nothing unexplained is meant, however it was named."""
TOLD = 0.45
"""A statement that speaks of this much of the question's content may answer it."""
KNOWN_SHARE = 0.3
"""Of what is explained, so large a share may stay unexplained though the documents know the words:
福利费 is not 退休费, 小微企业采购 is not 采购."""
UNKNOWN_SHARE = 0.4
"""Unexplained characters may be this share of the explained ones, whether the documents know them or not."""
NAMED_UNIT = 4
"""A unit inside the department, named and fitting, explains as much as so many characters."""
EQUAL = 0.01
"""Facts this close in score are equally meant."""
SAME_SCORE = 1.2
"""Facts within this score of the best that give the same figure support it."""


def acceptable(candidate: Candidate) -> bool:
    """Tell whether a fact explains the question well enough to answer from it."""
    return not refusal(candidate)


def refusal(candidate: Candidate) -> str:
    """Return why a fact does not answer the question, or '' when it does."""
    told = candidate.features.get("told", 0.0) >= TOLD
    certain = candidate.score >= CERTAIN and not candidate.unknown
    if candidate.features["subunit_other"]:
        return "问的是另一个所属单位"  # a unit's figure is not answered with the department's
    if candidate.features["text_unasked"] or candidate.features["text_other"]:
        return "文字说明答非所问"  # how a target is scored does not answer how much it changed
    if candidate.features["words_wanted"]:
        return "问的是文字说明，不是数字"  # what a project is about is not answered with its amount
    if candidate.features["other_title"]:
        return "问的是另一个科目"  # 离休费 is not answered with 退休费
    if candidate.features["purchase_missed"]:
        return "问的是要买的，不是现有的"
    if candidate.features["rate_missed"]:
        return "问的是单个的或比率，不是总额"
    if candidate.features["outside"]:
        return "不在所问的范围里"
    if candidate.features["carried_unasked"]:
        return "是上年结转的钱，问的不是"
    if candidate.features["other_reason"]:
        return "另一件事的原因"  # why less than planned is not why more than last year
    if candidate.features["opposed"]:
        return "问的是相对的另一项"  # 年末结余 is not answered with 年初结余
    if candidate.features["unit_clashes"] and candidate.features["measure_asked"] == 0:
        return "单位不符"  # 多少批次 is not answered with 万元
    if candidate.fact.measure == "名单" and candidate.unknown and candidate.item.quality < ANCHOR:
        return "另一类名单"  # 哪些处室 is not answered with the list of another kind of thing
    if not (candidate.anchor >= ANCHOR or told or certain):
        return f"项目对不上（{candidate.anchor:.2f} < {ANCHOR}）"
    if not explained(candidate):
        return f"问题里有解释不了的字（{candidate.unknown} 字，其中文件用过的 {candidate.known} 字）"
    return ""


def explained(candidate: Candidate) -> bool:
    """Tell whether little enough of the question stays outside a fact's labels."""
    if candidate.features.get("modified") or candidate.features.get("headless"):
        return False
    size = candidate.mask.bit_count() + NAMED_UNIT * (candidate.features["subunit_fits"] > 0)
    return candidate.known <= max(1.0, KNOWN_SHARE * size) and candidate.unknown <= max(
        min(3.0, size), UNKNOWN_SHARE * size
    )


def supports(candidate: Candidate, best: Candidate) -> bool:
    """Tell whether a candidate states the same figure of the same thing as the best one."""
    fact = candidate.fact
    return (
        figure_of(fact) == figure_of(best.fact)
        and candidate.score >= best.score - SAME_SCORE * 2
        and (candidate.item.quality >= best.item.quality - 0.2 or candidate.anchor >= best.anchor - 0.1)
    )
