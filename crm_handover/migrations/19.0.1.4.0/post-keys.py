"""What was made of messages for all of their readers has no keys of customers in it."""

from odoo.addons.crm_handover.models.handover_keys import KEY


def migrate(cr, version):
    """Delete translations and previews with keys: they are made anew without."""
    cr.execute("DELETE FROM mail_message_translation WHERE body ~* %s", (KEY,))
    cr.execute("DELETE FROM mail_link_preview WHERE source_url ~* %s", (KEY,))
