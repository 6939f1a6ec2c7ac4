"""`python -m index.worker BYTES`: read files for `index.workers` until standard input ends."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import IO

from index.document import Document
from index.errors import SourceError
from index.facts import document_facts
from index.items import PagesRead
from index.passages import document_passages
from index.readers import read_document
from index.rows import DocumentInfo, DocumentRows, SourceRecord, document_rows
from index.workers import Job, PagesDone, receive, send

DETAIL = 200
"""Characters of an unforeseen error's own text that are shown."""
TELL_SECONDS = 0.5
"""Between two words about the pages of a long file."""


def read_rows(job: Job, progress: PagesRead | None = None) -> DocumentRows:
    """Read one file into everything the index keeps of it; raise SourceError when it cannot be read."""
    document: Document = read_document(job.path, job.called, dict(job.about), progress)
    return document_rows(
        SourceRecord(
            path=str(job.path),
            sha256=job.sha256,
            document=DocumentInfo.of(document),
            tables=document.tables,
            passages=document_passages(document),
            facts=document_facts(document),
            lines=document.lines,
            pages=document.pages,
        )
    )


def answer(job: Job, progress: PagesRead | None = None) -> DocumentRows | SourceError:
    """Return the rows of a file, or why there are none, whatever goes wrong."""
    try:
        return read_rows(job, progress)
    except SourceError as error:
        return error
    except MemoryError:
        return SourceError(f"{job.path}: 需要的内存超过 1 GiB，没有读；请检查文件是否过大或损坏")
    except RecursionError:
        return SourceError(f"{job.path}: 嵌套过深，没有读；请检查文件是否损坏")
    except Exception as error:  # one file must not end a build of thousands
        detail = " ".join(str(error).split())[:DETAIL]
        return SourceError(
            f"{job.path}: 读取时出现内部错误（{type(error).__name__}: {detail}），请报告这个文件"
        )


def told(replies: IO[bytes]) -> PagesRead:
    """Return a function that tells how many pages are read, but not too often."""
    last = time.monotonic()

    def tell(done: int, total: int, recognised: bool) -> None:
        nonlocal last
        if recognised or time.monotonic() - last >= TELL_SECONDS:
            last = time.monotonic()
            send(replies, PagesDone(done, total, recognised))

    return tell


def limit_memory(size: int) -> None:
    """Let this process use no more than `size` bytes for data, where the system can see to that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def main() -> None:
    """Answer each job on standard input; nothing else may print to standard output."""
    gc.set_threshold(100_000, 50, 50)  # a document is a hundred thousand values that all live on
    limit_memory(int(sys.argv[1]))
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            job = receive(sys.stdin.buffer)
        except EOFError:
            return
        send(replies, answer(job, told(replies)))


if __name__ == "__main__":
    main()
