-- a copy tells other systems nothing
UPDATE handover_webhook
   SET active = false;
