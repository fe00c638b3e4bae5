{
    "name": "CRM Handover: Time Off",
    "summary": "A leave proposes who stands in, and nobody takes over while away",
    "version": "19.0.1.0.2",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover_hr", "hr_holidays"],
    "data": [
        "data/mail_activity_type_data.xml",
        "views/hr_leave_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["crm_handover_hr_holidays/static/tests/tours/**/*"],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
