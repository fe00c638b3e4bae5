"""A later end that was asked for says of whom, as what is asked for now does."""


def migrate(cr, version):
    """Note whose to-do it is to decide on it, and since when."""
    cr.execute(
        """WITH asked AS (
            SELECT todo.res_id AS request, todo.user_id, todo.create_date
            FROM mail_activity todo
            JOIN handover_request request ON request.id = todo.res_id
            JOIN ir_model_data type ON type.res_id = todo.activity_type_id
            WHERE request.date_return_asked IS NOT NULL
                AND todo.res_model = 'handover.request'
                AND todo.handover_made AND todo.active
                AND type.model = 'mail.activity.type'
                AND type.module = 'crm_handover'
                AND type.name = 'mail_activity_type_approval'
        ), noted AS (
            INSERT INTO handover_request_asked_rel (handover_request_id, res_users_id)
            SELECT DISTINCT request, user_id FROM asked WHERE user_id IS NOT NULL
            ON CONFLICT DO NOTHING
        )
        UPDATE handover_request SET date_asked = first.date
        FROM (
            SELECT request, date_trunc('second', min(create_date)) AS date
            FROM asked GROUP BY request
        ) first
        WHERE first.request = handover_request.id AND date_asked IS NULL"""
    )
