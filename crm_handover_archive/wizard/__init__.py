from . import handover_archive_anyway
