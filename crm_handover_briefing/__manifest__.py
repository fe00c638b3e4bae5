{
    "name": "CRM Handover: Briefing",
    "summary": "A card for each record tells its successor what they must know",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover"],
    "data": [
        "security/ir.model.access.csv",
        "security/handover_card_security.xml",
        "data/mail_activity_type_data.xml",
        "views/handover_card_views.xml",
        "views/handover_request_line_views.xml",
        "views/handover_request_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_handover_briefing/static/src/**/*"],
        "web.assets_tests": ["crm_handover_briefing/static/tests/tours/**/*"],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
