"""A spreadsheet of texts, in plain Python: nothing here needs a database."""

import io

import xlsxwriter

from odoo.addons.crm_handover.evidence.texts import visible


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
                sheet.write_string(count, column, visible(text))
        sheet.autofilter(0, 0, count, len(names) - 1)
    return content.getvalue()
