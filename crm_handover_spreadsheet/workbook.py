"""A spreadsheet to fill in, in plain Python: nothing here needs a database."""

import io

import xlsxwriter

from odoo.addons.crm_handover.evidence.texts import visible

# a spreadsheet has no longer texts, and xlsxwriter leaves such cells empty
LONGEST = 32_000
# the sheet that the drop-downs read, which nobody sees
LISTS = "lists"
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def written(text):
    """Return ``text`` as a cell has it, and as it is read out of one again.

    >>> written(" Call\\r\\nfirst\\x07 "), written(None)
    ('Call\\nfirst�', '')
    """
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return visible(lines).strip()[:LONGEST].strip()


def workbook(title, columns, rows, choices):
    """Return rows as a spreadsheet in which no text is a formula.

    :param str title: the name of the sheet
    :param columns: ``{name: (head, width, whether it is to be filled in)}``; without a
        width it is hidden
    :param rows: an iterable of ``{name: text or number}``, written as it comes
    :param choices: ``{name: [texts]}``: what is proposed for a column
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        sheet = book.add_worksheet(title)
        fixed = book.add_format({"bold": True, "bottom": 1, "font_color": "#6c757d"})
        filled = book.add_format({"bold": True, "bottom": 1, "bg_color": "#e7f5f3"})
        # as text: otherwise 3/4 becomes a date
        wrapped = book.add_format(
            {"text_wrap": True, "valign": "top", "num_format": "@"}
        )
        sheet.freeze_panes(1, 3)
        for number, (head, width, editable) in enumerate(columns.values()):
            options = {} if width else {"hidden": True}
            look = wrapped if editable else None
            sheet.set_column(number, number, width or 10, look, options)
            sheet.write_string(0, number, head, filled if editable else fixed)
        count = 0
        for count, row in enumerate(rows, 1):
            for number, name in enumerate(columns):
                _write(sheet, count, number, row[name])
        sheet.autofilter(0, 0, count, len(columns) - 1)
        _propose(book, sheet, list(columns), choices, count)
    return content.getvalue()


def _write(sheet, row, column, value):
    if isinstance(value, str):
        if text := written(value):
            sheet.write_string(row, column, text)
    elif value is not False and value is not None:
        sheet.write_number(row, column, value)


def _propose(book, sheet, names, choices, count):
    """Have cells propose what may stand there; other texts are looked at later."""
    lists = book.add_worksheet(LISTS)
    lists.hide()
    longest = max(map(len, choices.values()), default=0)
    for row in range(longest):
        for column, texts in enumerate(choices.values()):
            if row < len(texts):
                lists.write_string(row, column, written(texts[row]))
    for column, (name, texts) in enumerate(choices.items()):
        if not texts or not count:
            continue
        letter = chr(ord("A") + column)
        source = f"={LISTS}!${letter}$1:${letter}${len(texts)}"
        options = {"validate": "list", "source": source, "error_type": "warning"}
        place = names.index(name)
        sheet.data_validation(1, place, count, place, options)
