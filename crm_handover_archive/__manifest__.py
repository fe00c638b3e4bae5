{
    "name": "CRM Handover: Archive Guard",
    "summary": "Nobody is archived while work of theirs belongs to nobody else",
    "version": "19.0.1.2.3",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover"],
    "data": [
        "security/ir.model.access.csv",
        "security/handover_archive_security.xml",
        "wizard/handover_archive_anyway_views.xml",
        "views/mail_activity_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_handover_archive/static/src/**/*"],
        "web.assets_tests": ["crm_handover_archive/static/tests/tours/**/*"],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
