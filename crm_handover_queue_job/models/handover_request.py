from odoo import SUPERUSER_ID, models

from odoo.addons.crm_handover.models.handover_engine import BATCH_SIZE
from odoo.addons.queue_job.delay import group


class HandoverRequest(models.Model):
    """Batches as queue jobs: any number of workers on any number of hosts take them.

    A job is one batch in one transaction. Jobs do not name lines: each takes the next
    that nobody holds, so that a job which is done twice, or never, changes nothing. The
    cron stays as the net below: it goes on with what failed jobs left.
    """

    _inherit = "handover.request"

    def _go_on(self):
        self.ensure_one()
        request = self.with_user(SUPERUSER_ID)
        batches = -(-request.todo_count // BATCH_SIZE)
        jobs = group(
            *(
                request.delayable(
                    description=self._job_name(number, batches)
                )._job_batch()
                for number in range(1, batches + 1)
            )
        )
        jobs.on_done(request.delayable(description=self.name)._job_finish())
        jobs.delay()

    def _job_name(self, number, total):
        return self.env._(
            "%(handover)s: batch %(number)s of %(total)s",
            handover=self.name,
            number=number,
            total=total,
        )

    def _job_batch(self):
        """Hand over the next batch.

        A conflict with somebody else's writing is raised: queue_job tries again later.

        :return: how many records it was
        """
        done = self.env["handover.engine"]._run_batch(self)
        self._announce()
        return done

    def _job_finish(self):
        """Close the handover, or have done what is left of it.

        :return: how many records are left
        """
        self._finish_if_ready()
        if self.state == "running" and self.todo_count:
            # locked records wait for their next try, which the cron knows
            self._wake_crons()
        return self.todo_count
