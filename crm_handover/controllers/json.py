from odoo.exceptions import AccessError
from odoo.http import request, route

from odoo.addons.web.controllers.json import WebJsonController


class HandoverJson(WebJsonController):
    """What is fetched as JSON is an export, of which nobody sees the records before."""

    @route()
    def web_json_1(self, subpath, **kwargs):
        if request.env["handover.request"]._freezes(request.env.uid):
            raise AccessError(
                request.env._(
                    "Records of yours are frozen by a handover: nothing is fetched as"
                    " JSON until that is over."
                )
            )
        return super().web_json_1(subpath, **kwargs)
