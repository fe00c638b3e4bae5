{
    "name": "CRM Handover in Spreadsheet Dashboards",
    "summary": "Handovers by month, team and reason among Odoo's dashboards",
    "version": "19.0.1.0.1",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover_review", "spreadsheet_dashboard"],
    "data": ["data/dashboards.xml"],
    "auto_install": True,
}
