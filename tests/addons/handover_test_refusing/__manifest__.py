{
    "name": "Refuses Some Leads",
    "summary": "Only for tests: another add-on that forbids some owner changes",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm"],
}
