"""为什么: a reason is given for what is asked, or none."""

from __future__ import annotations

import pytest

from qa import Assistant
from qa.answer_kinds import gives_reason


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("巴州人社局上级转移支付资金为什么少了", "改由库尔勒市人社局实施"),
        ("巴州人社局技能大赛那笔为啥涨了", "参加自治区第三届职业技能大赛"),  # not why 单位资金 fell
        ("巴州人社局2026年结转资金里怎么会有“技能乐业”的钱，没花完吗", "培训班未结业"),
        ("乌鲁木齐人社局2026年三公经费为什么增加", "获批租用公车"),  # told of the part that changed
        ("昌吉州人社局公务接待费为什么减少", "压减不必要的接待"),  # named: told as it is, with its direction
        ("昌吉州人社局2024年财政拨款结转比上年掉了七成多，原因是啥", "大厦维修"),
    ],
)
def test_a_reason_of_what_is_asked(sample_assistant: Assistant, question: str, told: str) -> None:
    answer = sample_assistant.ask(question)
    assert answer.status == "answered" and told in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "巴州人社局为什么要搞职业技能培训",  # a word in the reason why some money fell
        "乌鲁木齐人社局为啥办人事考试",  # 项目承担单位：…人事考试中心 is no reason
        "自治区人社厅为何设立就业培训补助资金",  # nor is the heading with its name
        "巴州人社局收入总计为什么减少",
    ],
)
def test_no_reason_of_something_else(sample_assistant: Assistant, question: str) -> None:
    assert sample_assistant.ask(question).status == "not_found"


def test_what_gives_a_reason() -> None:
    assert gives_reason("因人员增加") and gives_reason("为进一步推动就业") and gives_reason("根据新政发")
    assert not gives_reason("项目承担单位：人事考试中心") and not gives_reason("认为可行的作为参考")
