"""Reads the rows of a file that somebody uploads, in plain Python.

The file is a stranger's: it may be no spreadsheet at all, unpack to far more than it
is, or name other files. Nothing outside of it is read, and no formula is worked out.
"""

import csv
import io
import re
import warnings
import zipfile
from datetime import date, datetime, time

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL

MAX_FILE = 10 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_PARTS = 100
MAX_COLUMNS = 50
# with something in one of them
MAX_ROWS = 100_000
# which no program that writes a workbook goes beyond
LAST_ROW = 1_048_576
# what leads out of a file, or is a program
LEADING_OUT = ("externallinks", "vbaproject", "connections.xml", "embeddings")
# what declares texts that a parser would put in the place of others
DECLARING = (b"<!DOCTYPE", b"<!ENTITY")
# how the text of a part begins that is no UTF-8, in which these would not be seen
OTHERWISE = (b"\xff\xfe", b"\xfe\xff", b"\x4c\x6f\xa7\x94")
ENCODING = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
MERGED = re.compile(rb"<(\w+:)?mergeCell\s")
# in the place of a cell that is worked out
FORMULA = object()


class BadFile(Exception):
    """A file that is not read.

    ``reason`` is ``size``, ``kind``, ``outside`` or ``merged``.
    """

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def rows(content):
    """Return the rows of the first sheet, or of a CSV, that are not empty.

    :param bytes content: of the file
    :return: ``[(number, [texts])]``; :data:`FORMULA` where a cell is worked out
    :raise BadFile: when it is not read
    """
    if len(content) > MAX_FILE:
        raise BadFile("size")
    found = _of_workbook(content) if content.startswith(b"PK") else _of_csv(content)
    return [(number, cells) for number, cells in found if any(cells)]


def _of_workbook(content):
    try:
        _check_parts(content)
        return list(_cells(content))
    except BadFile:
        raise
    except Exception as error:
        # whatever a broken file makes of the parsers
        raise BadFile("kind") from error


def _check_parts(content):
    """Raise where a workbook is too large unpacked, or leads out of itself."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        infos = parts.infolist()
        # a part gives no more than it says here
        if len(infos) > MAX_PARTS or sum(i.file_size for i in infos) > MAX_UNPACKED:
            raise BadFile("size")
        for info in infos:
            name = info.filename.lower()
            if any(word in name for word in LEADING_OUT):
                raise BadFile("outside")
            # whatever it is called: the file itself says what is parsed
            part = parts.read(info)
            if any(word in part for word in DECLARING) or _is_otherwise(part):
                raise BadFile("outside")
            # the first cell has the value of all of them: the others would be emptied
            if MERGED.search(part):
                raise BadFile("merged")


def _is_otherwise(part):
    """Tell whether a part is XML in another encoding than UTF-8.

    >>> _is_otherwise("<x/>".encode("utf-16-le")), _is_otherwise(b"<x/>")
    (True, False)
    >>> _is_otherwise(b'<?xml version="1.0" encoding="UTF-7"?>')
    True
    """
    if part.startswith(OTHERWISE):
        return True
    if b"\0" in part[:4]:
        # what begins otherwise is no XML: the settings of a printer, for instance
        return part.replace(b"\0", b"").lstrip()[:1] in (b"<", b"")
    found = ENCODING.match(part.removeprefix(b"\xef\xbb\xbf"))
    return bool(found) and found[1].lower() not in (b"utf-8", b"us-ascii")


def _cells(content):
    with warnings.catch_warnings():
        # drop-downs and colours that it does not know
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, keep_links=False
        )
    sheet = book.worksheets[0]
    # what a file says about its size is not to be trusted
    sheet.reset_dimensions()
    blank = None
    # rows that are not in the file are given as empty ones, up to the last one: one
    # row for all of them
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        if number > LAST_ROW:
            raise BadFile("size")
        if row is blank:
            continue
        if all(cell is EMPTY_CELL for cell in row):
            blank = row
        # those far below may only look like something
        if all(cell.value is None for cell in row):
            continue
        cells = [_text(cell) for cell in row]
        if number > MAX_ROWS and any(cells):
            raise BadFile("size")
        yield number, cells


def _text(cell):
    value = cell.value
    if cell.data_type == "f":
        return FORMULA
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (date, datetime, time)):
        value = value.isoformat()
    return "" if value is None else str(value)


def _of_csv(content):
    try:
        text = content.decode("utf-8-sig")
        # Excel writes semicolons where a comma is a decimal point
        mark = max(",;\t", key=text.partition("\n")[0].count)
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile("kind") from error
    if len(found) > MAX_ROWS:
        raise BadFile("size")
    return [(number, cells[:MAX_COLUMNS]) for number, cells in enumerate(found, 1)]
