from odoo.http import request, route
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal_thread import PortalChatter

from ..models.handover_keys import lent_refusal


class HandoverPortal(CustomerPortal):
    """Pages of customers are closed to who reads a record by a handover alone.

    On these pages whoever can read a record signs or declines it as the customer.
    """

    def _document_check_access(self, model_name, document_id, access_token=None):
        document_sudo = super()._document_check_access(
            model_name, document_id, access_token=access_token
        )
        document = request.env[model_name].browse(document_sudo.id)
        if not isinstance(document, request.registry["portal.mixin"]):
            return document_sudo
        token = document_sudo.access_token
        has_key = token and access_token and consteq(token, access_token)
        if not has_key and document._handover_keyless():
            raise lent_refusal(request.env)
        return document_sudo


class HandoverPortalChatter(PortalChatter):
    """Who reads a record by their session reads its messages so, whatever key comes.

    With any key at all core would read them as the superuser, who is told all of them.
    """

    @route()
    def portal_message_fetch(self, thread_model, thread_id, fetch_params=None, **kw):
        if kw.get("token") and not request.env.user.share:
            thread = request.env[thread_model].browse(int(thread_id))
            if thread.has_access("read"):
                kw.pop("token")
        return super().portal_message_fetch(
            thread_model, thread_id, fetch_params=fetch_params, **kw
        )
