{
    "name": "CRM Handover: Templates of Covers",
    "summary": "What a cover does while somebody is away, kept in templates",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover_cover", "crm_handover_template"],
    "data": ["views/handover_template_views.xml"],
    "auto_install": True,
}
