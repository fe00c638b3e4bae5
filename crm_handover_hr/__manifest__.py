{
    "name": "CRM Handover: Employees",
    "summary": "A departure leads to a handover; HR sees its state, and managers are"
    " superiors",
    "version": "19.0.1.0.1",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover", "hr"],
    "data": [
        "data/mail_activity_type_data.xml",
        "views/hr_departure_wizard_views.xml",
        "views/hr_employee_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
