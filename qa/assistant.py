"""`Assistant`: the one public entry. Opens an index and answers questions about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.departments import KEPT, Department
from index.document import Passage
from index.encoder import Encoder, load_encoder, model_name
from index.engines import place_of
from index.errors import ModelMismatch
from index.naming import short_name
from index.rows import DocumentInfo
from index.store import Store, open_store
from index.text import fold, squash
from qa.acceptance import ANCHOR, acceptable
from qa.across import across
from qa.answer import Answer, masked, proven
from qa.errors import QuestionError
from qa.fact_base import FactBase
from qa.groups import (
    Task,
    asks_another,
    counted_departments,
    names_another,
    of_one_function,
    over_years,
    speaks_of_all,
    task_of,
)
from qa.lookup import candidates
from qa.names import doing_what_is_named, find_mentions, sharing_function
from qa.project_list import projects_asked
from qa.question import Query, other_readings, understand, without_measures
from qa.respond import respond
from qa.spread import MANY, spread
from qa.stages import CHECK, LOOK_UP, UNDERSTAND, reached
from qa.strangers import owners
from qa.wording import Desk

if TYPE_CHECKING:
    from qa.dialogue import Conversation

_CARRIED = re.compile(r"结转|结余|结下来|去年|上年|上一年|倒推|反推|推算")
_YEAR_SAID = re.compile(r"20\d\d(?=年)")
_ACTUALLY = re.compile(r"实际(?:上)?(?:花|用了|支出|支付|执行|开支|发生)|最后花了")
_NOT_SPENT = re.compile(r"率|人数|指标|目标|标准|绩效|包括|[上去]一?年|推算")
_BEFORE_LAST = re.compile(r"(?<!以)前年(?!度)")
LISTED = 12
"""Documents that a refusal names as held."""
BASES = 32
"""Documents whose prepared facts are kept in memory."""
LONGEST_QUESTION = 1000
"""Characters of a question; a longer one is a document, not a question."""


class Titles(dict[str, str]):
    """The titles of documents by their names, each read when it is first cited."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __missing__(self, doc: str) -> str:
        self[doc] = title = self._store.document(doc).title
        return title


class Assistant:
    """Answers questions from an open index; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        """Use `Assistant.open` instead, unless a store is already open."""
        self.store = store
        self.register = store.register
        self.titles = Titles(store)
        self.base = lru_cache(BASES)(self._base)

    @classmethod
    def open(cls, path: str | Path | None = None) -> Assistant:
        """Open the index in a folder or at the URL of servers; None opens the sample corpus that ships.

        Raises StoreMissing, StoreCorrupt, StoreUnreachable, or ModelMismatch when the model that built the
        index has changed or is gone.
        """
        if path is None:
            from qa.sample import sample_index

            path = sample_index()
        store = open_store(place_of(path) if isinstance(path, str) else path)
        if model_name(store.manifest.model) != store.encoder_name:
            raise ModelMismatch(
                f"{store.path}: 索引由另一个嵌入模型（{store.encoder_name}）建立，"
                f"请重新运行 budget-qa index build 源文件 --out {store.path}"
            )
        return cls(store)

    @cached_property
    def encoder(self) -> Encoder:
        """The embedding model that built the index; loaded when the first passage is looked for."""
        return load_encoder(self.store.manifest.model)

    def ask(self, question: str) -> Answer:
        """Answer one question. Raises QuestionError for an empty or overlong one."""
        stripped = question.strip()
        if not fold(stripped):
            raise QuestionError("问题是空的，请输入要问的内容")
        if len(stripped) > LONGEST_QUESTION:
            raise QuestionError(f"问题太长（{len(stripped)} 字），请控制在 {LONGEST_QUESTION} 字以内")
        reached(UNDERSTAND)
        query = understand(stripped, self.register)
        reached(LOOK_UP)
        answer = self._answer(query)
        reached(CHECK)
        return masked(self._checked(query, answer))

    def chat(self) -> Conversation:
        """Begin a dialogue, whose questions may lean on those before."""
        from qa.dialogue import Conversation

        return Conversation(self)

    def explain(self, question: str) -> tuple[str, ...]:
        """Return how a question was understood and why the answer is what it is, for a maintainer."""
        from qa.explain import explained

        return explained(self, understand(question.strip(), self.register))

    def _checked(self, query: Query, answer: Answer) -> Answer:
        """Refuse an answer with a figure that neither a citation nor a step proves."""
        if answer.status != "answered" or proven(answer):
            return answer
        return self._refuse(query, "找到的内容不能逐一核对出处，不作回答。")

    def _base(self, doc: str) -> FactBase:
        """Return the prepared facts of one document."""
        return FactBase(self.store.facts_of(doc))

    # -- deciding which documents are meant ---------------------------------------------------------

    def _answer(self, query: Query) -> Answer:
        another = asks_another(query)
        if another or (query.unknown and not query.departments):
            name = another or query.unknown[0]
            if several := [d.short for d in owners(name, self.register)]:
                text = f"请问是哪个部门的{name}？" + "；".join(several)
                return Answer(query.question, "clarify", text, choices=tuple(several))
            return self._refuse(query, f"索引中没有“{name}”的公开文件。已收录：{self._held()}。")
        named = self.named(query)
        if len(named) > 1 or names_another(query) or speaks_of_all(query, named):
            return self._across(query, named)
        if len(named) == 1 and self._years_held(query, named[0]) > 1:
            return self._across(query, named)  # one department in several years
        if named and _BEFORE_LAST.search(query.folded):
            return self._refuse(query, "文件里没有前年的数字。")
        if not named and (which := self._which(query)):
            return which
        infos = self.store.documents_of(named) if named else self.promising(query)
        infos = _of_account(query, infos)
        if not infos:
            return self._refuse(query, f"索引中没有相应的{query.account}文件，只有：{self._held()}。")
        if _only_planned(query, infos):
            return self._refuse(query, f"只有预算公开，没有实际支出数（决算）。已收录：{self._held()}。")
        if query.day and named:
            infos = [i for i in infos if self._tells_day(i, query.day)]
            if not infos:
                return self._refuse(query, f"没有找到截至{query.day}的数字。")
            return self._from_documents(query, infos)
        if query.years:
            dated = [i for i in infos if i.year in query.years]
            if dated:
                answer = self._from_documents(query, dated)
                if answer.status == "answered" or named:
                    return answer
                others = [i for i in infos if i not in dated and self._mentions_year(i, query)]
                if not others:
                    return answer
                infos = others  # the year belongs to a name: 2025年某培训班
            elif named and (prior := [i for i in infos if set(query.years) & self.base(i.name).years]):
                infos = prior  # the budget of 2026 also prints columns of 2025
            elif _CARRIED.search(query.folded) and all(
                y == (i.year or 0) - 1 for i in infos for y in query.years
            ):
                pass  # 2025年结转到2026年的: the year before is part of what is asked
            elif not any(self._mentions_year(i, query) for i in infos):
                years = "、".join(sorted({str(i.year) for i in infos if i.year}))
                who = short_name(named[0].entity) if named else "已收录部门"
                return self._refuse(query, f"索引中{who}没有 {query.years[0]} 年的文件，只有 {years} 年。")
        elif len(named) == 1 and len(infos) > 1:
            latest = max((i.year or 0) for i in infos)
            infos = [i for i in infos if (i.year or 0) == latest]
        return self._from_documents(query, infos)

    def named(self, query: Query) -> list[Department]:
        """Return the departments that a question names, in the order of the index."""
        return self._departments(query.departments)

    def _departments(self, entities: Iterable[str]) -> list[Department]:
        return sorted(self.register.called(tuple(entities)).values(), key=lambda d: d.number)

    def promising(self, query: Query) -> list[DocumentInfo]:
        """Return the documents that may answer a question which names no department.

        These are all while they are few, else those with the passages that resemble the question most; where
        it speaks of what a department does (关于财政局的…), those of such departments.
        """
        meant = doing_what_is_named(query.rest, self.register)
        if meant:
            return self.store.documents_of(meant)
        if self.store.manifest.counts["documents"] <= MANY:
            return self.store.documents
        from qa.retrieve import resembling

        return self.store.documents_with(resembling(self.store, self.encoder, query), MANY)

    def _which(self, query: Query) -> Answer | None:
        """Return the answer of the one department of a function that has the year, or ask which is meant."""
        sharing = {m.entity: m for m in sharing_function(query.rest, self.register)}
        if len(sharing) < 2:
            return None
        bearers = self._departments(sharing)
        dated = [d for d in bearers if self._years_held(query, d)]
        if len(dated) == 1 and len(bearers) < KEPT:
            name = sharing[dated[0].entity].text
            full = understand(query.question.replace(name, dated[0].short, 1), self.register)
            return replace(self._answer(full), question=query.question) if full.departments else None
        choices = tuple(d.short for d in dated or bearers)
        return Answer(query.question, "clarify", "请问是哪个部门？" + "；".join(choices), choices=choices)

    def _between(self, query: Query, info: DocumentInfo) -> Answer | None:
        """Return the difference against another year that the department has a document of."""
        other = next(
            (
                i
                for i in self.store.documents_of(self._departments([info.entity]))
                if (i.entity, i.account) == (info.entity, info.account) and i.year in query.compared
            ),
            None,
        )
        if other is None:
            return None
        rest = "".join("，" if query.cues >> at & 1 else char for at, char in enumerate(query.rest))
        plain = replace(
            without_measures(query), rest=rest, folded=rest, cues=0, years=(), compared=(), units=()
        )
        task = Task("compare", replace(plain, one_figure=True))
        answer = across(query, task, (info, other), self._from_one)
        return answer if answer.status == "answered" else None

    def _years_held(self, query: Query, department: Department) -> int:
        """Return for how many of the asked years the index holds a document of the department."""
        held = {i.year for i in self.store.documents_of([department])}
        return len(held & set(query.years))

    def _across(self, query: Query, named: Sequence[Department]) -> Answer:
        """Answer for several departments, or for several years of one."""
        focus = [d.entity for d in named]
        bearers: Sequence[Department] = named
        if len(named) == 1 and speaks_of_all(query, ()) and not names_another(query):
            bearers = ()
        if not named:
            query, bearers = of_one_function(query, self.register)
        infos = self.store.documents_of(bearers) if bearers else self.store.documents
        infos = [i for i in infos if i.entity not in query.excluded]
        infos = _of_account(query, infos)
        dated = [i for i in infos if i.year in query.years]
        if query.years and len(named) < 2:
            infos = dated  # 2026年的各单位; several named ones each have their own year
        elif len(named) > 1:
            place = {entity: at for at, entity in reversed([*enumerate(query.departments)])}
            named = sorted(named, key=lambda d: place[d.entity])
            years = self._years_of_each(query, named)
            own = {
                d: [i for i in held if years.get(d.entity) in (None, i.year)]
                for d, held in _by_department(named, infos).items()
            }
            asked = {d: f" {years[d.entity]} 年" if d.entity in years else "" for d in named}
            absent = tuple(f"{d.short}{asked[d]}{query.account}" for d in named if not own[d])
            query = replace(query, unknown=(*query.unknown, *absent))
            named = [d for d in named if own[d]]
            infos = [max(own[d], key=lambda i: (i.year in query.years, i.year or 0)) for d in named]
        if not infos:
            return self._refuse(query, f"索引中没有所问的文件。已收录：{self._held()}。")
        counted = counted_departments(query)
        if counted and not named and counted != len(infos):
            choices = tuple(f"{short_name(i.entity)} {i.year} 年" for i in infos)
            text = f"问的是 {counted} 家，这里有 {len(infos)} 家，请说明是哪几家：" + "、".join(choices[:12])
            return Answer(query.question, "clarify", text, choices=choices[:12])
        task = task_of(query, len(infos) + len(query.unknown))
        if len(infos) == 2 and infos[0].entity == infos[1].entity:
            task = over_years(task)
        if len(infos) > MANY:
            held = self.store, self.titles
            return spread(query, task, infos, *held, self._from_one, query.unknown, focus)
        return across(query, task, infos, self._from_one, query.unknown, focus)

    def _years_of_each(self, query: Query, named: Sequence[Department]) -> dict[str, int]:
        """Return the year asked of each department: its own where each has one, or one said of them all.

        A year that stands between departments is said of some of them alone, and asked of none.
        """
        entities = {department.entity for department in named}
        mentions = [m for m in find_mentions(query.folded, self.register) if m.entity in entities]
        said = list(_YEAR_SAID.finditer(query.folded))
        if len(said) == len(mentions) == len(named):
            return {m.entity: int(year[0]) for m, year in zip(mentions, said, strict=True)}
        if len(set(query.years)) != 1:
            return {}
        places, at = [m.start for m in mentions], query.folded.find(str(query.years[0]))
        of_all = not places or at < min(places) or at > max(places)
        return dict.fromkeys(entities, query.years[0]) if of_all else {}

    def _tells_day(self, info: DocumentInfo, day: str) -> bool:
        """Tell whether a document says what something was on a day; the last of a year is also its end."""
        text = squash("".join(self.store.lines(info.name, 1, info.line_count)))
        year, _, rest = day.partition("年")
        if rest == "12月31日":  # which also ends the time in which projects are paid
            return re.search(rf"{year}年年?[底末]|截[至止]到?{year}年12月31日", text) is not None
        return day in text

    def _mentions_year(self, info: DocumentInfo, query: Query) -> bool:
        """Tell whether the asked year is part of a name in the document (2025年某项目, 2025年底)."""
        wanted = [f"{year}年" for year in query.years]
        asked = re.sub(r"\s", "", query.folded)
        for year in wanted:
            at = asked.find(year)
            after = asked[at + len(year) : at + len(year) + 3]
            if at >= 0 and len(after) == 3:
                for line in self.store.lines(info.name, 1, info.line_count):
                    if year + after in fold(line):
                        return True
        return False

    def _from_documents(self, query: Query, infos: Sequence[DocumentInfo]) -> Answer:
        if not infos:
            return self._refuse(query, f"索引中没有所问的文件。已收录：{self._held()}。")
        if len(infos) == 1:
            return self._from_one(query, infos[0])
        if not query.departments and projects_asked(query):
            return _whose(query, infos)
        scored = []
        for info in infos:
            found = candidates(self.base(info.name), query)
            if found:
                scored.append((found[0].score, info, found[0]))
        scored.sort(key=lambda entry: -entry[0])
        # whose statement it is must show in what it is about, where no department is named
        good = [
            (score, info, best)
            for score, info, best in scored
            if acceptable(best) and (query.departments or best.anchor >= ANCHOR)
        ]
        if not good:
            return self._refuse(query, f"没有找到与问题相符的内容。已收录：{self._held()}。")
        close = [entry for entry in good if entry[0] >= good[0][0] - 1.0]
        if len({(info.entity, info.account) for _, info, _ in close}) == 1:  # several years of one department
            owner = self._departments([close[0][1].entity])
            if len(query.years) > 1 and owner and self._years_held(query, owner[0]) > 1:
                return self._across(query, owner)
            return self._from_one(query, max((info for _, info, _ in close), key=lambda info: info.year or 0))
        terms = [(info, best.fact) for _, info, best in close if best.fact.measure == "名词解释"]
        if len(terms) == len(close):  # a term means the same everywhere: told as most documents tell it
            told = Counter(fold(fact.text) for _, fact in terms)
            info, _ = max(terms, key=lambda term: (told[fold(term[1].text)], term[0].year or 0))
            return self._from_one(query, info)
        if len(close) > 1:
            return _whose(query, [info for _, info, _ in close])
        return self._from_one(query, good[0][1])

    def _from_one(self, query: Query, info: DocumentInfo) -> Answer:
        base = self.base(info.name)
        desk = Desk(base, self.titles)
        answer = respond(desk, query)
        for reading in () if answer else other_readings(query, base.labels.forms()):
            answer = respond(desk, reading)
            if answer:
                break
        if answer is None and not query.one_figure:
            from qa.passages import from_passages

            answer = from_passages(self, query, info)
        if answer is None and query.compared:
            answer = self._between(query, info)
        if answer is None:
            return self._refuse(query, f"{info.title}中没有找到与问题相符的内容，不作猜测。")
        return answer

    def passages_of(self, doc: str) -> dict[int, Passage]:
        """Return the passages of one document by id."""
        return {passage.id: passage for passage in self.store.passages_of(doc)}

    def _held(self) -> str:
        first = self.store.first_documents(LISTED + 1)
        names = [f"{short_name(i.entity)} {i.year} 年{i.account}" for i in first[:LISTED]]
        return "、".join(names) + ("等" if len(first) > LISTED else "")

    def _refuse(self, query: Query, why: str) -> Answer:
        return Answer(query.question, "not_found", why)


def _by_department(
    departments: Iterable[Department], infos: Iterable[DocumentInfo]
) -> dict[Department, list[DocumentInfo]]:
    """Return the documents of each department, in the order in which they come."""
    own: dict[Department, list[DocumentInfo]] = {department: [] for department in departments}
    owners: dict[str, list[Department]] = {}
    for department in own:
        for name in {fold(department.entity), *department.names}:
            owners.setdefault(name, []).append(department)
    for info in infos:
        for department in owners.get(fold(info.entity), ()):
            own[department].append(info)
    return own


def _whose(query: Query, infos: Sequence[DocumentInfo]) -> Answer:
    """Ask which department is meant."""
    choices = tuple(f"{short_name(info.entity)} {info.year} 年" for info in infos[:LISTED])
    return Answer(query.question, "clarify", "请问是哪个部门？" + "；".join(choices), choices=choices)


def _only_planned(query: Query, infos: Sequence[DocumentInfo]) -> bool:
    """Tell whether what was really spent is asked of budgets: they tell that of the year before alone."""
    own_year = not query.years or any(info.year in query.years for info in infos)
    asked = _ACTUALLY.search(query.folded) is not None and not _NOT_SPENT.search(query.folded)
    return asked and own_year and all(info.account == "预算" for info in infos)


def _of_account(query: Query, infos: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """Return the budgets or the final accounts, as asked.

    Unasked, a final account answers only what it alone tells: what was spent, or a year without budget. The
    plan may be asked of a final account, too: it prints both.
    """
    asked = [i for i in infos if i.account == query.account]
    if asked or query.account == "决算":
        return asked
    usual = "决算" if query.spent else "预算"
    both = {(i.entity, i.year) for i in infos if i.account == usual}
    return [i for i in infos if i.account == usual or (i.entity, i.year) not in both]
