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
| company | in which company; needed where the people work in several |
| cover | while somebody is away: `light`, the owner stays, or `full` |
| key | your own number of the handover; empty: made of person, from and until |

Rows of the same person, dates, company and key are one handover.
"""

import csv
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import openpyxl

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
    "company": "公司",
    "cover": "代理方式",
    "key": "编号",
}
NEEDED = ("person", "to")
# what all rows of a handover say alike, if they say it
ALIKE = ("reason", "purpose", "cover")
COVERS = ("", "light", "full")
MERGED = re.compile(rb"<(\w+:)?mergeCell\s")
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
    # the list's own number of it, where it gives one
    given_key: str = ""
    company: str = ""
    reason: str = ""
    purpose: str = ""
    cover: str = ""
    parts: list = field(default_factory=list)
    # of rows that give the same person another name
    other_keys: list = field(default_factory=list)

    @property
    def keys(self):
        """What Odoo may know it by: by whichever name the list began last time."""
        return list(dict.fromkeys((self.key, *self.other_keys)))

    @property
    def key(self):
        """What Odoo knows it by: the list's own number, else made of who and when."""
        named = (self.person.lower(), self.start, self.end, self.company.lower())
        # as it was before lists named companies
        words = "\n".join(named if self.company else named[:3])
        digest = hashlib.sha256(words.encode()).hexdigest()
        return self.given_key or f"list-{digest[:20]}"

    def take_up(self, number, said, parts):
        """Add what a row says, or rows of the same person under another name.

        :param said: texts by the names of ``ALIKE``
        :raise BadRow: when it gives another one of these
        """
        for name in ALIKE:
            if said[name] and getattr(self, name) not in ("", said[name]):
                raise BadRow(number, f"row {self.row} gives another {name}")
        for name in ALIKE:
            setattr(self, name, getattr(self, name) or said[name])
        self.parts += parts

    @property
    def said(self):
        """What its rows say alike."""
        return {name: getattr(self, name) for name in ALIKE}


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
    texts["cover"] = texts["cover"].lower()
    if texts["cover"] not in COVERS:
        raise BadRow(number, f"cover {texts['cover']!r} is neither light nor full")
    if texts["cover"] and not end:
        raise BadRow(number, "a cover needs its end: fill in until")
    key, company = texts["key"], texts["company"]
    one = wanted.setdefault(
        (texts["person"].lower(), start, end, key, company.lower()),
        Wanted(number, texts["person"], start, end, key, company),
    )
    part = Part(number, texts["to"], texts["kind"], texts["record"])
    one.take_up(number, texts, [part])


def _rows(path):
    """Yield the rows of a file as lists of cells."""
    try:
        content = path.read_bytes()
        if path.suffix.lower() == ".xlsx":
            yield from _rows_of_workbook(path, content)
            return
        text = content.decode("utf-8-sig")
        # Excel writes semicolons where a comma is a decimal point
        first = text.partition("\n")[0]
        mark = max(",;\t", key=first.count)
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{path} cannot be read: {error}") from error


def _rows_of_workbook(path, content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            merged = any(map(MERGED.search, map(parts.read, parts.namelist())))
        book = openpyxl.load_workbook(io.BytesIO(content), True, data_only=True)
        # what a file says of its size may be a million of empty rows and columns
        book.active.reset_dimensions()
        rows = list(book.active.iter_rows(values_only=True))
    except Exception as error:
        # openpyxl has no error of its own for a file that is damaged inside
        raise BadFile(f"{path} is no XLSX file") from error
    if merged:
        # the first cell has the value of all of them: the other rows would say less
        raise BadFile(f"{path} has merged cells: undo that, and fill in each row")
    return rows


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
    if not isinstance(cell, date):
        if _text(cell):
            raise BadRow(number, f"{name} {cell!r} is no date")
        return ""
    try:
        return _in_utc(cell, zone, last).strftime(ODOO_TIME)
    except (OverflowError, ValueError):
        # what many systems write where there is no end
        raise BadRow(
            number, f"{name} {cell} is out of reach: for good is an empty cell"
        ) from None


def _in_utc(moment, zone, last):
    """Return a date or a time of this zone as a time in UTC."""
    if isinstance(moment, datetime) and moment.time() == time() and last:
        moment = moment.date()
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment + timedelta(days=last), time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(timezone.utc)
