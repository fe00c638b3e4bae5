from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

from ..word_texts import labelled
from .handover_columns import grouped_by


class HandoverEngine(models.AbstractModel):
    """The note that each record gets: from whom to whom, why, note and risk.

    Core's tracking makes a message at a time, which takes as long as all the rest of a
    handover. Here the first note of a batch is made by the ORM, so that every add-on
    has its say on it; the others are copies of its row with their own record and text.
    """

    _inherit = "handover.engine"

    @api.model
    def _note_down(self, lines, scope, records, befores, afters):
        """Leave one note, with the owner's change as tracking value, on each record."""
        if not isinstance(records, self.env.registry["mail.thread"]):
            return
        bodies = self._note_bodies(lines)
        self._tell_lost(bodies, befores)
        message_ids = self._copy_notes(records, bodies)
        self.env.flush_all()
        names = {"owner": scope.owner_field_id.name, "team": scope.team_field_id.name}
        for key, name in names.items():
            if name and getattr(records._fields[name], "tracking", None):
                changed = records.browse(
                    id_ for id_ in records._ids if befores[id_][key] != afters[id_][key]
                )
                values = {
                    message_ids[id_]: (befores[id_][key], afters[id_][key])
                    for id_ in changed._ids
                }
                self._track(changed, name, values)

    @api.model
    def _note_bodies(self, lines):
        """Return ``{record id: text}``; most lines share theirs."""
        told = lines._told()
        groups = grouped_by(
            lines,
            zip(lines._kinds(), (told[id_] for id_ in lines._ids), strict=True),
            lambda line: (
                line._giver(),
                line._taker(),
                line.pool_team_id,
                *told[line.id],
            ),
        )
        bodies = {}
        for (_giver, _taker, _pool, note, risk), group in groups.items():
            body = group[0]._note_body(note, risk)
            bodies.update(dict.fromkeys(group.mapped("res_id"), body))
        return bodies

    @api.model
    def _tell_lost(self, bodies, befores):
        """Add to the notes which values the new team has no place for."""
        title = self.env._("Not kept with the new team:")
        for record_id, before in befores.items():
            if lost := before.get("lost"):
                told = " · ".join(labelled(self.env, *one) for one in lost.items())
                bodies[record_id] += Markup("<p><b>%s</b> %s</p>") % (title, told)

    @api.model
    def _copy_notes(self, records, bodies):
        """Create the notes.

        :return: ``{record id: message id}``
        """
        first, others = records[0], records[1:]
        message = first._message_log(body=bodies[first.id])
        self.env.flush_all()
        copied = [
            name
            for name, field in message._fields.items()
            if field.store
            and field.column_type
            and name not in ("id", "res_id", "body", "record_name")
        ]
        columns = SQL(", ").join(map(SQL.identifier, copied))
        self.env.cr.execute(
            SQL(
                """INSERT INTO mail_message (res_id, body, %(columns)s)
                SELECT note.res_id, note.body, %(columns)s
                FROM mail_message,
                    unnest(%(ids)s::int[], %(bodies)s::text[]) AS note(res_id, body)
                WHERE mail_message.id = %(message)s
                RETURNING res_id, id""",
                columns=columns,
                ids=list(others._ids),
                bodies=[str(bodies[id_]) for id_ in others._ids],
                message=message.id,
            )
        )
        records.invalidate_recordset(["message_ids"])
        return {first.id: message.id, **dict(self.env.cr.fetchall())}

    @api.model
    def _track(self, records, name, values):
        """Add the change of field ``name`` to the notes.

        :param values: ``{message id: (ids before, ids after)}``
        """
        if not records:
            return
        Tracking = self.env["mail.tracking.value"].sudo()
        description = records.fields_get([name], ["string", "type"])[name]
        Comodel = self.env[records._fields[name].comodel_name].sudo()
        by_change = {}
        for message_id, (before, after) in values.items():
            key = tuple(
                tuple(ids) if isinstance(ids, list) else ids for ids in (before, after)
            )
            by_change.setdefault(key, []).append(message_id)
        for (before, after), message_ids in by_change.items():
            tracking = Tracking._create_tracking_values(
                Comodel.browse(before or ()),
                Comodel.browse(after or ()),
                name,
                description,
                records[0],
            )
            columns = SQL(", ").join(map(SQL.identifier, tracking))
            row = SQL(", ").join(SQL("%s", value) for value in tracking.values())
            self.env.cr.execute(
                SQL(
                    """INSERT INTO mail_tracking_value (
                        mail_message_id, create_uid, create_date, write_uid,
                        write_date, %(columns)s)
                    SELECT message_id, %(uid)s, %(now)s, %(uid)s, %(now)s, %(row)s
                    FROM unnest(%(ids)s::int[]) AS message_id""",
                    columns=columns,
                    row=row,
                    ids=message_ids,
                    uid=self.env.uid,
                    now=self.env.cr.now(),
                )
            )
