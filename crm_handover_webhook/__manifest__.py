{
    "name": "CRM Handover: Webhooks",
    "summary": "Other systems are told what happens to handovers, by signed events",
    "version": "19.0.1.0.5",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover"],
    "data": [
        "security/ir.model.access.csv",
        "security/handover_webhook_security.xml",
        "data/ir_cron_data.xml",
        "views/handover_webhook_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["crm_handover_webhook/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
