"""Webhooks that are there already stay with all companies."""


def migrate(cr, version):
    """Make the column: of a new one, Odoo fills all rows with the default."""
    cr.execute("ALTER TABLE handover_webhook ADD COLUMN IF NOT EXISTS company_id int4")
