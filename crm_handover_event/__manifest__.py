{
    "name": "CRM Handover of Events",
    "summary": "Hand over events; show tickets, seats and planned mails on cards",
    "version": "19.0.1.0.1",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover", "event"],
    "data": [
        "data/handover_scope_data.xml",
        "views/handover_request_generate_views.xml",
        "views/event_event_views.xml",
    ],
    "auto_install": True,
}
