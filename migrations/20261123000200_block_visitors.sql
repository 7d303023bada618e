-- Visitors who may write nothing more, and the addresses that are blocked with them: written with the event. A visitor has one chat.
create table blocked_visitors (
    tenant_id       uuid        not null,
    conversation_id uuid        not null,
    visitor_id      uuid        not null,
    -- What the staff call them.
    name            text        not null,
    -- The entry of the conversation's log that says so: what was written before it stays.
    rev             bigint      not null,
    -- By whom, since when and why.
    party           text        not null collate "C",
    blocked_at      timestamptz not null,
    reason          text        not null,
    -- Whoever leaves this address in another chat is blocked there too.
    email           text        collate "C",

    constraint blocked_visitors_pkey primary key (tenant_id, conversation_id),
    constraint blocked_visitors_conversation_exists
        foreign key (tenant_id, conversation_id) references entities (tenant_id, id) on delete cascade,
    constraint blocked_visitors_name_length check (char_length(name) between 1 and 200),
    constraint blocked_visitors_rev_positive check (rev > 0),
    constraint blocked_visitors_party_named check (party <> ''),
    constraint blocked_visitors_reason_length check (char_length(reason) between 1 and 500),
    constraint blocked_visitors_email_bounded check (octet_length(email) between 3 and 254)
);
-- The newest first.
create index blocked_visitors_by_age on blocked_visitors (tenant_id, blocked_at desc, conversation_id desc);
create index blocked_visitors_by_email on blocked_visitors (tenant_id, email) where email is not null;

alter table blocked_visitors enable row level security;
alter table blocked_visitors force row level security;
create policy blocked_visitors_of_tenant on blocked_visitors
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on blocked_visitors to brigade_app;
grant update (name, rev, party, blocked_at, reason, email) on blocked_visitors to brigade_app;

-- A visitor writes nothing once they are blocked, whoever adds the line. Looked at when the transaction ends: a turn of the entity may
-- hold both the end of a block and what was written after it.
create function brigade_check_blocked() returns trigger
    language plpgsql as $$
begin
    if exists (
        select from blocked_visitors
        where tenant_id = new.tenant_id and conversation_id = new.entity_id and rev < new.seq
    ) then
        raise exception 'the visitor of conversation % is blocked', new.entity_id
            using errcode = 'integrity_constraint_violation', constraint = 'event_log_visitor_not_blocked', table = 'event_log';
    end if;
    return null;
end
$$;
create constraint trigger event_log_visitor_not_blocked after insert on event_log
    deferrable initially deferred
    for each row when (new.kind = 'message_sent' and new.party >= 'vis_' and new.party < 'vis`')
    execute function brigade_check_blocked();

-- Nor do they give files.
create function brigade_refuse_files_of_blocked() returns trigger
    language plpgsql as $$
begin
    if exists (select from blocked_visitors where tenant_id = new.tenant_id and conversation_id = new.conversation_id) then
        raise exception 'the visitor of conversation % is blocked', new.conversation_id
            using errcode = 'integrity_constraint_violation', constraint = 'attachments_visitor_not_blocked', table = 'attachments';
    end if;
    return new;
end
$$;
create trigger attachments_visitor_not_blocked before insert on attachments
    for each row when (new.party >= 'vis_' and new.party < 'vis`')
    execute function brigade_refuse_files_of_blocked();

-- Their browser does not forget the chat, to begin another one as somebody new.
create function brigade_keep_token_of_blocked() returns trigger
    language plpgsql as $$
begin
    if exists (select from blocked_visitors where tenant_id = new.tenant_id and conversation_id = new.conversation_id) then
        raise exception 'the visitor of conversation % is blocked', new.conversation_id
            using errcode = 'integrity_constraint_violation', constraint = 'visitor_tokens_of_blocked_stay', table = 'visitor_tokens';
    end if;
    return new;
end
$$;
create trigger visitor_tokens_of_blocked_stay before update of ended_at on visitor_tokens
    for each row when (old.ended_at is null and new.ended_at is not null)
    execute function brigade_keep_token_of_blocked();
