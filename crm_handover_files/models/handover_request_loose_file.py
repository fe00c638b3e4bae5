from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, human_size

from odoo.addons.crm_handover.models.handover_guard import (
    check_count,
    door,
    is_id,
    single,
)
from odoo.addons.crm_handover.models.handover_states import IN_PROGRESS

from .handover_request_line_files import LISTED

# of a record with a chatter; it hangs on the record anyway
MAIN_FILE = "message_main_attachment_id"


class HandoverRequest(models.Model):
    """Files without a record: the predecessor uploaded them, and no record has them.

    What they are called is the predecessor's own business. Others learn how many there
    are; the predecessor puts those that matter onto the handover. Each of several
    people who hand over together sees and adds their own, and nobody else learns how
    many there are.
    """

    _inherit = "handover.request"

    @door
    def add_files(self, attachment_ids):
        """Put files of the caller without a record onto the handover.

        From then on, who reads the handover reads them.

        :param list attachment_ids: ids of the files, as ``get_files`` lists them
        :return: ``True``
        :raise AccessError: when the caller hands nothing over
        :raise UserError: when the handover is over, or a file is not the caller's or
            hangs on a record
        """
        single(self)
        if refusal := self._add_files_refusal():
            raise refusal
        if not isinstance(attachment_ids, (list, tuple)) or not attachment_ids:
            raise UserError(self.env._("Choose at least one file."))
        check_count(self.env, attachment_ids)
        if not all(is_id(id_) for id_ in attachment_ids):
            raise UserError(self.env._("Files are given by their ids, whole numbers."))
        loose = {row["id"] for row in self._loose_files() if not row["gone"]}
        files = self.env["ir.attachment"].browse(dict.fromkeys(attachment_ids))
        if not loose.issuperset(files.ids):
            raise UserError(self.env._("Choose files of your own without a record."))
        files.check_access("write")
        # as when uploading to the chatter: who reads the handover may add to it
        files.sudo().write({"res_model": self._name, "res_id": self.id})
        return True

    def _add_files_refusal(self):
        """Return the error that keeps the caller from adding files, or ``None``."""
        self.ensure_one()
        if self.env.user != self._loose_file_owner():
            return AccessError(
                self.env._("%s: only the predecessor adds their own files.", self.name)
            )
        # afterwards, nobody looks for files on a handover
        if self.state not in IN_PROGRESS:
            return UserError(
                self.env._("%s is over: send the files to who needs them.", self.name)
            )
        return None

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _loose_file_owner(self):
        """Return whose loose files it is about: of several people, the reader."""
        return self.predecessor_id or (self._several_givers() & self.env.user)

    def _loose_file_answer(self):
        """Return number and size of the loose files; names for their owner only."""
        files = self._loose_files()
        mine = self._loose_file_owner() == self.env.user
        return {
            "count": len(files),
            "size": float(sum(row["size"] for row in files)),
            "can_add": not self._add_files_refusal(),
            "rows": files[:LISTED] if mine else [],
        }

    def _loose_files(self):
        """Return the files of the predecessor without a record, the latest first.

        :return: ``[{"id", "name", "size", "date", "gone"}]``; ``gone``: the record that
            had the file does not exist any more
        """
        self.ensure_one()
        giver = self._loose_file_owner()
        if not giver:
            return []
        self.env["ir.attachment"].flush_model()
        free = self._free_files(giver)
        gone = self._orphaned_files(giver)
        if not free and not gone:
            return []
        self.env.cr.execute(
            SQL(
                """SELECT id, name, COALESCE(file_size, 0), create_date
                FROM ir_attachment WHERE id IN %s ORDER BY id DESC""",
                (*free, *gone),
            )
        )
        return [
            {
                "id": id_,
                "name": name or "",
                "size": float(size),
                "date": fields.Datetime.to_string(date) or "",
                "gone": id_ in gone,
            }
            for id_, name, size, date in self.env.cr.fetchall()
        ]

    def _free_files(self, user):
        """Return the ids of the files of ``user`` that no record has."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM ir_attachment WHERE %s AND COALESCE(res_id, 0) = 0",
                self._uploaded_by(user),
            )
        )
        ids = {row[0] for row in self.env.cr.fetchall()}
        if ids:
            # a field of a record may name a file that does not name the record
            named = SQL(" UNION ").join(
                SQL(
                    "SELECT %(column)s FROM %(table)s WHERE %(column)s IN %(ids)s",
                    column=SQL.identifier(column),
                    table=SQL.identifier(table),
                    ids=tuple(ids),
                )
                for table, column in self._file_columns()
            )
            self.env.cr.execute(named)
            ids.difference_update(row[0] for row in self.env.cr.fetchall())
        return ids

    def _orphaned_files(self, user):
        """Return the ids of the files of ``user`` whose record does not exist."""
        mine = SQL("%s AND res_id > 0", self._uploaded_by(user))
        self.env.cr.execute(
            SQL("SELECT DISTINCT res_model FROM ir_attachment WHERE %s", mine)
        )
        ids = set()
        for (name,) in self.env.cr.fetchall():
            Model = self.env.get(name)
            missing = SQL("TRUE")
            if Model is not None:
                if Model._abstract or Model._transient or not Model._auto:
                    continue
                missing = SQL(
                    "NOT EXISTS (SELECT 1 FROM %s r WHERE r.id = file.res_id)",
                    SQL.identifier(Model._table),
                )
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM ir_attachment file WHERE %s AND %s AND %s",
                    mine,
                    SQL("res_model IS NOT DISTINCT FROM %s", name),
                    missing,
                )
            )
            ids.update(row[0] for row in self.env.cr.fetchall())
        return ids

    def _uploaded_by(self, user):
        """Return the condition for what ``user`` uploaded: neither values of fields
        nor what the website or the server shows to everybody."""
        return SQL(
            """create_uid = %s AND res_field IS NULL AND public IS NOT TRUE
                AND (type = 'url' OR url IS NULL)""",
            user.id,
        )

    def _file_columns(self):
        """Return the columns by which records name files: ``(table, column)``."""
        found = set()
        for name in self.env.registry:
            Model = self.env[name]
            if Model._abstract or Model._transient or not Model._auto:
                continue
            if name == "ir.attachment":
                # a copy is no use of the original
                continue
            for field in Model._fields.values():
                if field.comodel_name != "ir.attachment" or not field.store:
                    continue
                if field.type == "many2many":
                    found.add((field.relation, field.column2))
                elif field.type == "many2one" and field.name != MAIN_FILE:
                    found.add((Model._table, field.name))
        return sorted(found)

    # ------------------------------------------------------------
    # PREFLIGHT
    # ------------------------------------------------------------

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._loose_file_findings()]

    def _loose_file_findings(self):
        """Yield a finding that counts the files without a record."""
        files = self._loose_files()
        if files:
            yield self._finding(
                "loose_files",
                "warning",
                self.env._(
                    "Files of the predecessor without a record: %(count)s (%(size)s).",
                    count=len(files),
                    size=human_size(sum(row["size"] for row in files)) or "0",
                ),
                self.env._("The predecessor looks through them under “Files”."),
            )
