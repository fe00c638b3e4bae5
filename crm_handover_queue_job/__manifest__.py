{
    "name": "CRM Handover on Queue Jobs",
    "summary": "Hand over with the workers of queue_job, on any number of hosts",
    "version": "19.0.1.1.4",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm_handover", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "auto_install": True,
}
