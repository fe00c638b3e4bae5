"""The files of an export: tables that are safe to open, and the archive around them."""

import csv
import io
import json
import zipfile

from .texts import visible

# a spreadsheet takes a cell that begins so for a formula, or for what comes before one
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value):
    """Return what stands in a table for ``value``; texts can never be formulas."""
    if value is None or value is False:
        return ""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if not isinstance(value, str):
        return value
    return visible(f"'{value}" if value.startswith(FORMULA) else value)


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
