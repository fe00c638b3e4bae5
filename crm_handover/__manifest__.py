{
    "name": "CRM Handover",
    "summary": "Hand over the whole of a person's or team's work",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "crm_handover contributors",
    "license": "LGPL-3",
    "depends": ["crm", "project"],
    "data": [
        "security/crm_handover_groups.xml",
        "security/ir.model.access.csv",
        "security/handover_request_security.xml",
        # briefing: rules
        "security/handover_card_security.xml",
        # review: rules
        "security/handover_review_security.xml",
        # core
        "security/handover_grant_security.xml",
        # document: rules
        "security/handover_document_security.xml",
        # core
        "security/handover_access_security.xml",
        "security/handover_wizard_security.xml",
        "security/mail_activity_plan_security.xml",
        # training: rules
        "security/handover_training_security.xml",
        # core
        "data/ir_sequence_data.xml",
        "data/ir_cron_data.xml",
        "data/mail_activity_type_data.xml",
        "data/mail_activity_plan_data.xml",
        # training: data
        "data/handover_topic_data.xml",
        # core
        "data/handover_reason_data.xml",
        "data/handover_scope_data.xml",
        "data/handover_grantable_data.xml",
        "data/handover_notice_templates.xml",
        "data/handover_reminder_templates.xml",
        # review: data
        "data/handover_rating_templates.xml",
        # core
        "wizard/handover_request_generate_views.xml",
        "wizard/handover_request_prepare_views.xml",
        "wizard/handover_request_refuse_views.xml",
        "wizard/handover_request_line_decline_views.xml",
        "wizard/handover_request_evidence_views.xml",
        # briefing: views
        "views/handover_card_views.xml",
        # training: wizards
        "wizard/handover_request_train_views.xml",
        "wizard/handover_request_sign_training_views.xml",
        "wizard/handover_request_waive_training_views.xml",
        "wizard/handover_training_attend_views.xml",
        # document: report
        "report/handover_document_templates.xml",
        "report/handover_document_report.xml",
        # review: views
        "wizard/handover_request_judge_views.xml",
        "views/handover_request_review_views.xml",
        "views/handover_request_judgement_views.xml",
        "views/handover_customer_rating_views.xml",
        "views/handover_followup_views.xml",
        # core
        "views/handover_request_line_views.xml",
        # training: views
        "views/handover_training_views.xml",
        # core
        "views/handover_request_views.xml",
        "views/handover_request_report_views.xml",
        "views/handover_request_overview_views.xml",
        "views/handover_request_event_views.xml",
        # document: views
        "views/handover_document_views.xml",
        # core
        "views/mail_activity_plan_views.xml",
        "views/handover_reason_views.xml",
        "views/handover_scope_views.xml",
        "views/handover_grant_views.xml",
        "views/handover_grantable_views.xml",
        "views/crm_lead_views.xml",
        "views/project_views.xml",
        "views/res_partner_views.xml",
        "views/res_config_settings_views.xml",
        "views/crm_handover_menus.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/res_partner_demo.xml",
        "demo/crm_lead_demo.xml",
        "demo/project_demo.xml",
        "demo/ir_attachment_demo.xml",
        "demo/mail_demo.xml",
        "demo/calendar_event_demo.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_handover/static/src/**/*"],
        "web.assets_tests": ["crm_handover/static/tests/tours/**/*"],
    },
    "application": True,
    "uninstall_hook": "uninstall_hook",
}
