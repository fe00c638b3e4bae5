"""From 19.0.1.0.0: of our own reasons, only a resignation says that somebody leaves.

What they follow ends with such a handover; other reasons are read as they were made.
"""


def migrate(cr, version):
    cr.execute(
        """UPDATE handover_reason reason SET leaves = FALSE
        FROM ir_model_data data
        WHERE data.module = 'crm_handover' AND data.model = 'handover.reason'
            AND data.res_id = reason.id AND data.name != 'reason_resignation'"""
    )
