"""Long work in the background: what may be tried again, and what is committed when."""

import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import LockError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# how often a short step is tried again at once, as Odoo does for a request
CONFLICTS = 5

TRANSIENT = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, LockError)
# the database, the disk or the memory is the problem, not the record
FATAL = (psycopg2.OperationalError, psycopg2.InterfaceError, MemoryError)


class HandoverBackground(models.AbstractModel):
    _name = "handover.background"
    _description = "Handover in the Background"

    @api.model
    def _safely(self, step, otherwise=None):
        """Do ``step``, again after a conflict with somebody else's writing.

        :param otherwise: what to do when it fails for another reason: a function of the
            error, after all was undone
        :return: what ``step`` returns; ``None`` when it has to wait for the next pass
        """
        for _try in range(CONFLICTS):
            try:
                result = step()
                self.env.flush_all()
                return result
            except TRANSIENT:
                self.env.cr.rollback()
            except FATAL:
                raise
            except Exception as error:
                # one request never stops the others
                self.env.cr.rollback()
                _logger.exception("A step of a handover failed")
                if otherwise:
                    self._safely(lambda error=error: otherwise(error))
                return None
        _logger.info("A step of a handover met conflicts, later again")
        return None

    @api.model
    def _commit_part(self):
        """Commit a part of long work of a cron; elsewhere all of it is one step."""
        if self.env.context.get("ir_cron_progress_id"):
            self.env["ir.cron"]._commit_progress()
