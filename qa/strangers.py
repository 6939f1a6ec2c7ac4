"""Departments that the index lacks, named without their place: 石泉路街道, 教育局.

They are looked for only where a question names no department that is held, and only where a
subject stands: at the head of a clause, after a year or an asking word.
"""

from __future__ import annotations

import re
from functools import cache

from index.departments import Department
from index.naming import function_forms, function_table
from index.register import Register
from index.text import fold
from qa.names import Mention

_HEAD = (
    r"(?:^|(?<=[，?□])|(?<=\d年)|(?<=年度)|(?<=年的))(?:请问(?:一下|下)?|(?:我)?想(?:问|知道|了解|看|查)(?:问|看|一下|下)?"
    r"|(?:帮我|麻烦)?(?:查|看|问)(?:查|看|问|询|一下|下)?|告诉我|那么?|说说)?，?(?:20\d\d年?度?的?)?"
)
_AFTER = r"(?!承担|负责|下达|拨付|代管|报送|核定|批复|要求|有关|规定)"
_PLACE = r"[\u4e00-\u9fff]{2,7}?[省市区县州旗盟]"
"""A place that no list knows, by its shape."""
_SUBJECT = r"(?=20\d\d|[的，今本去有花]|预算|决算|部门|三公|安排|一共|总|机关|办公|差旅|公务)"
_SHAPED = re.compile(
    rf"{_HEAD}(?P<name>[\u4e00-\u9fff]{{2,6}}?街道(?:办事处|办)?|[\u4e00-\u9fff]{{2,6}}?镇(?:人民)?政府"
    rf"|[\u4e00-\u9fff]{{2,5}}?[镇乡](?=20\d\d|[的，今])|[\u4e00-\u9fff]{{2,8}}?(?:[局厅]|委员会){_SUBJECT}"
    rf"|[\u4e00-\u9fff]{{2,12}}?(?:中心|学校|学院|大队|研究院|管理站|监测站){_SUBJECT}){_AFTER}"
)
_OF_MANY = ("中心", "校", "院", "队", "站")
"""Ends of names that units have as well as items: strange only where several departments have such a unit."""
_ENDS = tuple("局厅委办院会部馆")
_ANY = re.compile(r"[各哪这那每几全谁本我该]|所有|两家|三家|四家")
"""Words that name no department by itself: 各家人社局, 本局."""
LEAST = 3
"""A shorter form of a function is a common word."""


@cache
def _office() -> re.Pattern[str]:
    forms = (form for form in function_table() if len(form) >= LEAST and form.endswith(_ENDS))
    office = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    return re.compile(rf"{_HEAD}(?P<name>(?:{_PLACE}|[本我]?[省市区县州]?)(?:{office})){_AFTER}")


def find_strangers(text: str, register: Register) -> list[Mention]:
    """Return the department that a text names by its function or shape alone and that none of ours is."""
    for pattern in (_office(), _SHAPED):
        found = pattern.search(text)
        if found is None or _ANY.search(found.group("name")):
            continue
        name = found.group("name")
        held = any(_bears(each, name) for each in register.near(text))
        if len(owners(name, register)) > 1 or not (held or name.endswith(_OF_MANY)):
            return [Mention(*found.span("name"), name, "")]
    return []


def owners(name: str, register: Register) -> list[Department]:
    """Return the departments that have a unit whose name ends so; where there are many, some of them."""
    near = register.near(name)
    return [each for each in near if any(fold(unit).endswith(name) for unit in each.subunits)]


def _bears(department: Department, name: str) -> bool:
    """Tell whether a name may be one of a department or of a unit in it."""
    functions = function_forms(department.function)
    plain = name.lstrip("本我省市区县州")
    return plain in functions or any(name in fold(each) for each in (*department.names, *department.subunits))
