import pytz
from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.tools import babel_locale_parse, formatLang

from odoo.addons.crm_handover.models.handover_guard import KEPT_CONTEXT

# a longer note is printed in part; paragraphs are what a page may be broken between
NOTE = 500
PARAGRAPH = 1_200


class HandoverRequest(models.Model):
    """The form of what the document says, in the reader's language and time zone."""

    _inherit = "handover.request"

    def _as_reader(self, readers=None):
        """Return ``self`` with nothing in the context but language, zone, companies.

        :param readers: the users who will read what is made of it as well
        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        context = self.env.context
        kept = {key: context[key] for key in KEPT_CONTEXT if context.get(key)}
        kept.setdefault("lang", self.env.user.lang or "en_US")
        if kept.get("tz") not in pytz.all_timezones_set:
            kept["tz"] = self.env.user.tz or "UTC"
        if readers:
            kept["handover_readers"] = tuple(readers.ids)
        request = self.with_env(self.env(context=kept))
        request.check_access("read")
        return request

    def _document_label(self, name, record=None, value=None):
        """Return the words for the value of a selection."""
        record = self if record is None else record
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(value or record[name], "")

    def _document_time(self, moment):
        """Return a moment (UTC) in the reader's time zone, or an empty text."""
        if not moment:
            return ""
        local = fields.Datetime.context_timestamp(self, moment)
        return f"{self._document_day(local.date())} {local:%H:%M}"

    def _document_day(self, day):
        """Return a day with the name of its month, which everybody reads alike."""
        if not day:
            return ""
        locale = babel_locale_parse(self.env.context["lang"])
        return format_skeleton("yMMMd", day, locale=locale)

    def _document_timezone(self):
        now = pytz.timezone(self.env.context["tz"]).localize(fields.Datetime.now())
        offset = now.strftime("%z")
        return f"{self.env.context['tz']}, UTC{offset[:3]}:{offset[3:]}"

    def _document_money(self, amount, company):
        currency = company.sudo().currency_id
        return formatLang(self.env, amount, currency_obj=currency)

    def _document_short(self, text):
        """Return a text that is short enough for a row."""
        text = (text or "").strip()
        return text if len(text) <= NOTE else f"{text[:NOTE].rstrip()} […]"

    def _document_more(self, count, annex=True):
        """Return that there are more than were printed, or an empty text."""
        if count <= 0:
            return ""
        if annex:
            return self.env._("and %s more: see the annex.", count)
        return self.env._("and %s more on the handover in Odoo.", count)

    @api.model
    def _document_paragraphs(self, text):
        """Return the paragraphs of a text, none longer than a page can take."""
        pieces = []
        for paragraph in (text or "").split("\n"):
            rest = paragraph.strip()
            while len(rest) > PARAGRAPH:
                cut = rest.rfind(" ", 1, PARAGRAPH) + 1 or PARAGRAPH
                pieces.append(rest[:cut])
                rest = rest[cut:]
            if rest:
                pieces.append(rest)
        return pieces
