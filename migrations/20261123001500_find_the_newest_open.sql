-- The newest of the open conversations, without sorting all that are open. Their order changes with every message, and an
-- index of it would, too. The ten minutes of the last activity change once in ten minutes at most: by them an index leads to
-- the newest, a page sorts what is in the same ten minutes, and a message goes on changing no index (HOT).

alter table conversations
    add column activity_slot timestamptz not null
        generated always as (date_bin('10 minutes', coalesce(greatest(last_message_at, woken_at), 'epoch'), 'epoch')) stored;
create index conversations_newest on conversations (tenant_id, activity_slot desc) where status = 'open';
