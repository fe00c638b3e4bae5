"""From 19.0.1.0.0: of the reasons that are there, only a resignation says who leaves.

What somebody follows ends with such a handover; the other reasons, a company's own as
well, end nothing until somebody says so.
"""


def migrate(cr, version):
    cr.execute(
        """UPDATE handover_reason SET leaves = FALSE WHERE id NOT IN (
            SELECT res_id FROM ir_model_data
            WHERE module = 'crm_handover' AND name = 'reason_resignation')"""
    )
