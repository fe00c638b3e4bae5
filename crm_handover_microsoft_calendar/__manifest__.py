{
    "name": "CRM Handover with Outlook Calendar",
    "summary": "Meetings that are handed over change their calendar in Outlook, too",
    "version": "19.0.1.1.1",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover", "microsoft_calendar"],
    "auto_install": True,
}
