"""Documents cut into passages: headings, the project that is spoken of, long paragraphs."""

from __future__ import annotations

from disclosures import ENTITY, tab_document

from index.passages import LONGEST, cut, document_passages, searched_text

PROJECTS = """第二部分 情况说明

一、项目支出情况说明

（一）项目名称：河道巡查经费

设立的政策依据：按照河湖管护办法执行。

（二）项目名称：水质监测经费

资金分配情况：委托业务费 30.00 万元。

二、其他事项情况说明

本年度没有其他需要说明的事项。
"""


def test_what_follows_a_project_name_stands_under_it_until_the_next_heading() -> None:
    under = {passage.text[:4]: passage.heading_path for passage in document_passages(tab_document(PROJECTS))}
    assert under["设立的政"][-1] == "河道巡查经费"
    assert under["资金分配"][-1] == "水质监测经费"
    assert not any("经费" in heading for heading in under["本年度没"])


def test_a_passage_is_searched_with_its_nearest_heading() -> None:
    assert searched_text(("第二部分", "一、收入"), "合计 1 万元") == "一、收入 合计 1 万元"
    assert searched_text((), "合计") == "合计"


def test_of_a_table_row_the_labels_are_embedded_and_all_is_searched() -> None:
    table = "支出预算表\n单位：万元\n科目名称\t合计\t基本支出\n办公费\t12.50\t12.50\n"
    row = next(p for p in document_passages(tab_document(table)) if p.text.startswith("办公费"))
    assert row.gist == "办公费"
    assert "基本支出 12.50万元" in row.text


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentence = f"{ENTITY}按规定安排经费。"
    text = sentence * 60
    spans = list(cut(text, LONGEST))
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(end - start <= LONGEST and text[end - 1] == "。" for start, end in spans)
    assert list(cut("", 10)) == []
