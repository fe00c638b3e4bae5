"""The files of an export: tables that are safe to open, and the archive around them."""

import csv
import io
import json
import zipfile

import xlsxwriter

# a spreadsheet takes a cell that begins so for a formula, or for what comes before one
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value):
    """Return what stands in a table for ``value``; texts can never be formulas."""
    if value is None or value is False:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value


def table(rows, names):
    """Return rows, dictionaries, as CSV that spreadsheets read as UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    for row in rows:
        writer.writerow([cell(row[name]) for name in names])
    return text.getvalue().encode("utf-8-sig")


def archive(files):
    """Return a ZIP of ``{name: bytes}``."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(name, data)
    return content.getvalue()


def workbook(title, names, rows):
    """Return rows, sequences of texts, as a spreadsheet in which no text is a formula.

    :param str title: the name of the sheet
    :param names: the heads of the columns
    :param rows: an iterable, which is written as it comes, to spare the memory
    """
    content = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet(title)
        head = book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(names) - 1, 20)
        for column, name in enumerate(names):
            sheet.write_string(0, column, name, head)
        count = 0
        for count, row in enumerate(rows, 1):
            for column, text in enumerate(row):
                sheet.write_string(count, column, text)
        sheet.autofilter(0, 0, count, len(names) - 1)
    return content.getvalue()
