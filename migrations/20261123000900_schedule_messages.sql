-- Scheduled messages. They stand in the conversation's log; what the database holds to is that each is sent once.

-- A scheduled message is sent once, whoever writes the log.
create unique index event_log_scheduled_once on event_log (entity_id, ((body::jsonb) ->> 'item'), tenant_id)
    where kind = 'scheduled_sent';

-- Authors are told that what they have scheduled was held back.
alter table notices drop constraint notices_kind_known;
alter table notices add constraint notices_kind_known
    check (kind in ('assigned', 'mentioned', 'answered', 'waiting', 'due', 'accepted', 'entrusted', 'held_back', 'webhook_off'));
