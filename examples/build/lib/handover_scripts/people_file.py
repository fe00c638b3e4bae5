"""The list of who leaves or is away: CSV or XLSX, a row for each part of their work.

| column | what it says |
|---|---|
| person | who hands over: login, e-mail or full name |
| from | when: a date, or date and time in the zone that is given |
| until | away until then, with that day; empty: for good |
| to | who takes over |
| kind | only records of this kind: its name, or its model; empty: everything |
| record | only this record of the kind: its id, or its whole name |
| reason | name of one of Odoo's handover reasons |
| purpose | what for, in words |
| key | your own number of the handover; empty: made of person, from and until |

Rows of the same person, dates and key are one handover.
"""

import csv
import hashlib
import io
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

# what a list calls its columns, in English and Chinese
COLUMNS = {
    "person": "移交人",
    "from": "开始",
    "until": "结束",
    "to": "接收人",
    "kind": "类别",
    "record": "记录",
    "reason": "原因",
    "purpose": "目的",
    "key": "编号",
}
NEEDED = ("person", "to")
ODOO_TIME = "%Y-%m-%d %H:%M:%S"


class BadFile(Exception):
    """The file is no list of people."""


class BadRow(Exception):
    """A row that nothing can be made of: its number, and why."""

    def __init__(self, number, reason):
        # in one line, whatever it is
        super().__init__(f"row {number}: {' '.join(str(reason).split())}")


@dataclass
class Part:
    """A row: what of somebody's work goes to whom."""

    row: int
    to: str
    kind: str
    record: str


@dataclass
class Wanted:
    """A handover that a list asks for."""

    row: int
    person: str
    start: str
    end: str
    reason: str
    purpose: str
    key: str
    parts: list = field(default_factory=list)


def read(path, zone=timezone.utc):
    """Return what a list asks for: ``(list of Wanted, list of BadRow)``.

    :param zone: of the times in it
    :raise BadFile: when it cannot be read, or has no column that is needed
    """
    rows = list(_rows(Path(path)))
    if not rows:
        raise BadFile(f"{path} is empty")
    names = {english: english for english in COLUMNS}
    names |= {chinese: english for english, chinese in COLUMNS.items()}
    head = [names.get(_text(cell).lower()) for cell in rows[0]]
    if lacking := [name for name in NEEDED if name not in head]:
        raise BadFile(
            f"{path} has no column {' and no column '.join(lacking)}: its first row"
            f" names the columns, of {', '.join(COLUMNS)}"
        )
    wanted, wrong = {}, []
    for number, cells in enumerate(rows[1:], start=2):
        values = {name: cell for name, cell in zip(head, cells, strict=False) if name}
        if not any(_text(cell) for cell in values.values()):
            continue
        try:
            _take_up(wanted, number, values, zone)
        except BadRow as error:
            wrong.append(error)
    return list(wanted.values()), wrong


def _take_up(wanted, number, values, zone):
    """Add a row to the handover that it belongs to."""
    texts = {name: _text(values.get(name)) for name in COLUMNS}
    for name in NEEDED:
        if not texts[name]:
            raise BadRow(number, f"{name} is empty")
    if texts["record"] and not texts["kind"]:
        raise BadRow(number, "a record needs its kind beside it")
    start = _moment(number, "from", values.get("from"), zone)
    end = _moment(number, "until", values.get("until"), zone, last=True)
    if start and end and end <= start:
        raise BadRow(number, "until comes before from")
    words = "\n".join((texts["person"].lower(), start, end))
    key = texts["key"] or f"list-{hashlib.sha256(words.encode()).hexdigest()[:20]}"
    one = wanted.setdefault(
        (texts["person"].lower(), start, end, key),
        Wanted(
            number,
            *(texts["person"], start, end, texts["reason"], texts["purpose"], key),
        ),
    )
    for name in ("reason", "purpose"):
        if texts[name] and getattr(one, name) not in ("", texts[name]):
            raise BadRow(number, f"row {one.row} gives another {name}")
        setattr(one, name, getattr(one, name) or texts[name])
    one.parts.append(Part(number, texts["to"], texts["kind"], texts["record"]))


def _rows(path):
    """Yield the rows of a file as lists of cells."""
    try:
        content = path.read_bytes()
        if path.suffix.lower() == ".xlsx":
            book = openpyxl.load_workbook(io.BytesIO(content), True, data_only=True)
            yield from book.active.iter_rows(values_only=True)
            return
        text = content.decode("utf-8-sig")
        # Excel writes semicolons where a comma is a decimal point
        first = text.partition("\n")[0]
        mark = max(",;\t", key=first.count)
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{path} cannot be read: {error}") from error
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise BadFile(f"{path} is no XLSX file") from error


def _text(cell):
    """Return what a cell says: a spreadsheet has numbers where people wrote ids."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _moment(number, name, cell, zone, last=False):
    """Return a time in UTC as Odoo writes it; empty for an empty cell.

    :param last: of a date its end, not its begin
    """
    if isinstance(cell, str) and cell.strip():
        try:
            value = cell.strip()
            # a date alone has no colon, whatever else it has
            parse = datetime if ":" in value else date
            cell = parse.fromisoformat(value)
        except ValueError:
            raise BadRow(
                number,
                f"{name} {cell!r} is no date: write 2026-12-31 or 2026-12-31 17:30",
            ) from None
    if isinstance(cell, datetime) and cell.time() == time() and last:
        cell = cell.date()
    if isinstance(cell, date) and not isinstance(cell, datetime):
        cell = datetime.combine(cell + timedelta(days=last), time())
    if not isinstance(cell, datetime):
        if _text(cell):
            raise BadRow(number, f"{name} {cell!r} is no date")
        return ""
    if cell.tzinfo is None:
        cell = cell.replace(tzinfo=zone)
    return cell.astimezone(timezone.utc).strftime(ODOO_TIME)
