"""Web pages: the article without the site around it, in any encoding, with cells that span."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import SourceError
from index.items import Grid, TextLine
from index.readers import read_document
from index.readers.blocks import transcribe
from index.readers.html import read_html
from index.rules import load

ARTICLE = """
<h1>青岭市水务局2025年部门预算公开</h1>
<p>　　一、收支情况</p>
<p>水费 2025 年预算 <b>9.00</b> 万元，比
上年增加 1.00 万元。</p>
"""


def read(body: str, head: str = "") -> tuple[list[str], list[list[tuple[str, ...]]]]:
    """Return the texts and the tables of a page."""
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()
    items = transcribe(read_html(page, "公开.html"), "公开.html").items
    texts = [item.text for item in items if isinstance(item, TextLine)]
    return texts, [[row.cells for row in item.rows] for item in items if isinstance(item, Grid)]


def test_a_paragraph_is_a_line_however_its_source_is_broken() -> None:
    assert read(ARTICLE)[0] == [
        "青岭市水务局2025年部门预算公开",
        "一、收支情况",
        "水费 2025 年预算 9.00 万元，比上年增加 1.00 万元。",
    ]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        *((encoding, True) for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "big5")),
        *((encoding, False) for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16")),
    ],
)
def test_the_encoding_is_found(encoding: str, declared: bool, tmp_path: Path) -> None:
    page = (
        f'<html><head><meta charset="{encoding if declared else ""}"></head>水費預算，青嶺市<p>9.00 元</html>'
    )
    path = tmp_path / "公开.htm"
    path.write_bytes(page.encode(encoding))
    assert read_document(path).lines == ("水費預算，青嶺市", "9.00 元")


def test_a_page_that_names_the_wrong_encoding_is_still_read() -> None:
    page = f'<html><meta charset="gb2312">{ARTICLE}</html>'.encode()
    assert transcribe(read_html(page, "a.html"), "a.html").lines[1] == "一、收支情况"


def test_spans_leave_blank_cells_and_hidden_rows_are_not_shown() -> None:
    _, (grid,) = read(
        "<table><thead><tr><th rowspan=2>项目</th><th colspan='2'>支出</th><th rowspan=2>说明</th></tr>"
        "<tr><th>基本</th><th>项目</th></tr></thead>"
        "<tr style='display: none'><td>底稿</td><td>9.99</td></tr>"
        "<tr><td>水费</td><td>1.00</td><td>&nbsp;</td><td>按月<br>缴纳</td></tr></table>"
    )
    assert grid == [("项目", "支出", "", "说明"), ("", "基本", "项目", ""), ("水费", "1.00", "", "按月 缴纳")]


def test_absurd_spans_do_not_flood_the_memory() -> None:
    _, (grid,) = read(
        "<table><tr><td colspan=100000 rowspan=9999999>项目</td><td>合计</td></tr>"
        "<tr><td>1.00</td></tr><tr><td colspan=-1>2.00</td></tr></table>"
    )
    assert grid == [("项目", "合计"), ("", "1.00"), ("", "2.00")]


def test_tables_that_only_lay_out_the_page_are_looked_into() -> None:
    texts, tables = read(
        "<table><tr><td>左栏</td><td><p>二、支出情况</p><table><tr><td>项目</td><td>预算数</td></tr>"
        "<tr><td>水费</td><td>1.00</td></tr></table></td></tr></table>"
    )
    assert texts == ["左栏", "二、支出情况"]
    assert tables == [[("项目", "预算数"), ("水费", "1.00")]]


def test_the_caption_of_a_table_stands_before_it() -> None:
    texts, tables = read(
        "<table><caption>支出情况表</caption><tr><td>项目</td><td>合计</td></tr>"
        "<tr><td>水费</td><td>1.00</td></tr></table>"
    )
    assert (texts, len(tables)) == (["支出情况表"], 1)


FURNITURE = """
<header><a href=/>某市人民政府</a></header>
<div class="mainNav"><a href=/>首页</a> <a href=/a>政务公开</a></div>
<div><ul><li><a href=a>机构职能</a><li><a href=b>人事信息</a><li><a href=c>财政资金</a></ul></div>
<div>您现在的位置：<a href=/>首页</a> &gt; 财政资金</div>
{article}
<p>来源：市水务局 发布时间：2025-02-01 浏览次数：12</p>
<p>字体：<a>大</a> <a>中</a> <a>小</a></p><p>【打印本页】 【关闭窗口】</p>
<p>上一篇：另一则公告</p>
<div id="site_footer">主办：某市人民政府 ICP备 00000000 号</div>
<script>document.write("9999.99 万元")</script><!-- 8888.88 万元 -->
"""


def test_the_furniture_of_a_site_is_left_out() -> None:
    assert read(FURNITURE.format(article=ARTICLE)) == read(ARTICLE)


def test_an_article_inside_parts_named_like_furniture_is_kept() -> None:
    wrapped = f"<form><div class='header-content' id='top'><header>{ARTICLE}</header></div></form>"
    assert read(FURNITURE.format(article=wrapped)) == read(ARTICLE)


def test_rows_and_cells_named_like_furniture_belong_to_their_table() -> None:
    _, tables = read(
        "<table class='top'><thead class='header'><tr class='head-nav'><td>项目</td>"
        "<td class='header'>合计</td><td><div class='header'>基本支出</div></td></tr></thead>"
        "<tr><td>水费</td><td>1.00</td><td>1.00</td></tr><tr class='foot'><td>合计</td>"
        "<td>无</td></tr></table>"
    )
    assert tables == [[("项目", "合计", "基本支出"), ("水费", "1.00", "1.00"), ("合计", "无", "")]]


def test_links_inside_text_and_lists_with_amounts_are_kept() -> None:
    links = "、".join(f"<a href=#{at}>第{at}管理站</a>" for at in range(3))
    assert len(read(f"<p>下属单位包括{links}，各单位的预算另行公开，不在本文之中。</p>")[0]) == 1
    entries = "".join(f"<li><a href=#{at}>第{at}管理站</a></li>" for at in range(3))
    assert len(read(f"<p>正文</p><ul>{entries}</ul>")[0]) == 1
    assert len(read(f"<p>正文</p><ul>{entries}<li>1.00</li></ul>")[0]) == 5


def test_the_name_of_the_article_stands_first_when_the_page_does_not_print_it() -> None:
    meta = '<meta name="ArticleTitle" content="青岭市水务局2025年部门预算"><title>某市人民政府</title>'
    assert read("<p>水费</p>", meta)[0] == ["青岭市水务局2025年部门预算", "水费"]
    assert read(ARTICLE, "<title>青岭市水务局2025年部门预算公开</title>")[0] == read(ARTICLE)[0]


def test_breaks_end_lines_and_indents_begin_paragraphs() -> None:
    page = "<html><div>　　一、收支情况<br>水费增加，<br/>电费减少。<br>　　二、其他</div></html>".encode()
    items = transcribe(read_html(page, "a.html"), "a.html").items
    assert [(item.text, item.opens) for item in items if isinstance(item, TextLine)] == [
        ("一、收支情况", True),
        ("水费增加，", False),
        ("电费减少。", False),
        ("二、其他", True),
    ]


def test_a_page_nested_too_deeply_is_refused_not_cut() -> None:
    with pytest.raises(SourceError, match="嵌套过深"):
        read("<div>" * 1000 + "水费" + "</div>" * 1000)


def test_furniture_names_are_single_words_of_small_letters() -> None:
    names = load("html")["names"]
    assert len(names) == len(set(names))
    assert all(name.isascii() and name.isalpha() and name.islower() for name in names)
