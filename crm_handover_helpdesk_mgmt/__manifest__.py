{
    "name": "CRM Handover of Helpdesk Tickets",
    "summary": "Hand over OCA's helpdesk tickets; count them, show them on cards",
    "version": "19.0.1.0.1",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover", "helpdesk_mgmt"],
    "data": [
        "security/helpdesk_ticket_security.xml",
        "data/handover_scope_data.xml",
        "views/handover_request_generate_views.xml",
        "views/helpdesk_ticket_views.xml",
    ],
    "auto_install": True,
}
