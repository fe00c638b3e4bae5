# in the order of loading: what others inherit comes first
from . import handover_guard
from . import handover_background
from . import handover_mixin
from . import handover_mixin_access
from . import handover_engine
from . import handover_engine_transfer
from . import handover_engine_along
from . import handover_engine_note
from . import handover_contact
from . import handover_reason
from . import handover_scope
from . import handover_request
from . import handover_request_people
from . import handover_request_todo
from . import handover_request_predecessor
from . import handover_request_records
from . import handover_request_portfolio
from . import handover_request_preflight
from . import handover_request_approval
from . import handover_request_run
from . import handover_request_scheduler
from . import handover_request_return
from . import handover_request_confirm
from . import handover_request_notice
from . import handover_request_permission
from . import handover_request_evidence
from . import handover_request_plan
from . import handover_request_reminder
from . import handover_request_acceptance
from . import handover_request_my_part
from . import handover_request_next_step
from . import handover_request_overview
from . import handover_request_event
from . import handover_request_line
from . import handover_request_signoff
from . import handover_grantable
from . import handover_grant
from . import handover_grant_effect
from . import calendar_event
from . import mail_activity
from . import mail_activity_plan
from . import mail_activity_plan_template
from . import res_groups
from . import ir_rule
from . import ir_attachment
from . import mail_thread
from . import crm_lead
from . import project_project
from . import project_task
from . import res_company
from . import res_config_settings
from . import res_partner
from . import res_users

# split
from . import handover_bundle
from . import handover_request_allocation
from . import handover_request_allocation_facts
from . import handover_request_matrix

# files
from . import handover_request_line_files
from . import handover_request_files
from . import handover_request_loose_file
from . import handover_request_private_link

# briefing
from . import handover_card_facts
from . import handover_card
from . import handover_request_briefing
from . import handover_request_line_card
from . import handover_request_event_card
from . import res_partner_services

# training
from . import handover_topic
from . import handover_training_topic
from . import handover_training
from . import handover_training_trainee
from . import handover_training_rating
from . import handover_request_training
from . import handover_request_training_proof
from . import handover_request_event_training

# document
from . import handover_document
from . import handover_request_document
from . import handover_request_document_values
from . import handover_request_document_annex
from . import handover_request_event_document
from . import ir_actions_report

# review
from . import handover_request_follow_up
from . import handover_request_alarm
from . import handover_request_judge
from . import handover_request_customer_rating
from . import handover_request_outcome
from . import handover_request_judgement
from . import handover_customer_rating
from . import handover_request_review
from . import handover_review_measure
from . import handover_followup
from . import handover_followup_refresh
