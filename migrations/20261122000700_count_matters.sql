-- Matters, for reports: what a customer came with, from the first message until the conversation was resolved. Written in
-- the transaction of the lines they follow from, whole each time.
create table matters (
    tenant_id       uuid        not null,
    conversation_id uuid        not null,
    -- The message it began with.
    seq             bigint      not null,
    -- The line up to which this is known: what is known up to an earlier one changes nothing.
    rev             bigint      not null,
    kind            text        not null collate "C",
    began_at        timestamptz not null,
    -- The first answer, and who of the staff gave it; a program is nobody.
    answered_at     timestamptz,
    answered_by     uuid,
    resolved_at     timestamptz,
    resolved_by     uuid,
    -- Whose it is and what it is about; of one that is resolved, as it was then.
    assignee        uuid,
    labels          uuid[]      not null default '{}',
    -- How many messages the customer wrote, once it is resolved.
    messages        integer,
    -- When the first answer and the solution were due.
    answer_due      timestamptz,
    resolution_due  timestamptz,

    constraint matters_pkey primary key (conversation_id, seq, tenant_id),
    constraint matters_conversation_exists
        foreign key (tenant_id, conversation_id) references entities (tenant_id, id),
    constraint matters_kind_known check (kind in ('site', 'account')),
    constraint matters_in_order check (seq > 0 and rev >= seq and answered_at >= began_at and resolved_at >= began_at),
    constraint matters_done_by_somebody_at_a_time check (
        (answered_by is null or answered_at is not null) and (resolved_by is null or resolved_at is not null)
    ),
    constraint matters_labels_bounded check (cardinality(labels) <= 20),
    constraint matters_messages_of_the_resolved check ((messages is null) = (resolved_at is null) and messages > 0)
);
create index matters_by_time on matters (tenant_id, began_at, conversation_id, seq);

alter table matters enable row level security;
alter table matters force row level security;
create policy matters_of_tenant on matters
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on matters to brigade_app;
grant update (rev, kind, answered_at, answered_by, resolved_at, resolved_by, assignee, labels, messages, answer_due, resolution_due)
    on matters to brigade_app;

-- The bare id of a prefixed one.
create function brigade_bare_id(id text) returns uuid
    language sql immutable strict as $$
    select string_agg(to_hex(substr(bits, 3 + 4 * n, 4)::bit(4)::integer), '' order by n)::uuid
    from (
        select string_agg((strpos('0123456789abcdefghjkmnpqrstvwxyz', letter) - 1)::bit(5)::text, '' order by place) as bits
        from unnest(string_to_array(right(id, 26), null)) with ordinality as letters (letter, place)
    ) as number, generate_series(0, 31) as n
$$;

-- Tells the matters of a tenant anew from its logs, which say it all: for what was there before this table, and for whoever
-- doubts it. The rules are those of domain/src/chat/matter.rs; a test compares. The tenant has to be set.
create function brigade_tell_matters(owner uuid) returns void
    language plpgsql as $$
declare
    line     record;
    current  uuid;
    sides    jsonb;
    about    text;
    assigned uuid;
    labelled uuid[];
    said     integer;
    known    matters;
begin
    for line in
        select log.entity_id, log.seq, log.at, log.kind, log.party,
               case when log.kind in ('opened', 'joined', 'assigned', 'label_changed', 'due_set') then log.body::jsonb end as body
        from event_log log
        join entities head on head.tenant_id = owner and head.id = log.entity_id and head.kind = 'conversation'
        where log.tenant_id = owner
          and log.kind in ('opened', 'joined', 'message_sent', 'assigned', 'label_changed', 'due_set', 'resolved',
                           'handed_over', 'taken_back')
        order by log.entity_id, log.seq
    loop
        if current is distinct from line.entity_id then
            perform brigade_keep_matter(known);
            current := line.entity_id;
            sides := '{}';
            about := 'site';
            assigned := null;
            labelled := '{}';
            known := null;
        end if;
        case line.kind
            when 'opened' then about := line.body ->> 'kind';
            when 'handed_over' then about := 'account';
            when 'taken_back' then about := 'site';
            when 'joined' then sides := sides || jsonb_build_object(line.body ->> 'party', line.body ->> 'side');
            when 'assigned' then assigned := brigade_bare_id(line.body ->> 'to');
            when 'label_changed' then
                labelled := array_remove(labelled, brigade_bare_id(line.body ->> 'label'));
                if (line.body ->> 'on')::boolean then
                    labelled := array(select label from unnest(labelled || brigade_bare_id(line.body ->> 'label')) as label order by label);
                end if;
            when 'due_set' then
                if known.answered_at is null then
                    known.answer_due := coalesce((line.body #>> '{answer,at}')::timestamptz, known.answer_due);
                end if;
                known.resolution_due := coalesce((line.body #>> '{resolution,at}')::timestamptz, known.resolution_due);
            when 'message_sent' then
                if sides ->> line.party = 'customer' then
                    if known.seq is null then
                        known := null;
                        known.tenant_id := owner;
                        known.conversation_id := line.entity_id;
                        known.seq := line.seq;
                        known.began_at := line.at;
                        said := 0;
                    end if;
                    said := said + 1;
                elsif known.seq is not null and known.answered_at is null then
                    known.answered_at := greatest(line.at, known.began_at);
                    known.answered_by := case when line.party like 'usr\_%' then brigade_bare_id(line.party) end;
                end if;
            when 'resolved' then
                if known.seq is not null then
                    known.resolved_at := greatest(line.at, known.began_at);
                    known.resolved_by := case when line.party like 'usr\_%' then brigade_bare_id(line.party) end;
                    known.messages := said;
                end if;
        end case;
        if known.seq is not null then
            known.rev := line.seq;
            known.kind := about;
            known.assignee := assigned;
            known.labels := labelled;
            if known.resolved_at is not null then
                perform brigade_keep_matter(known);
                known := null;
            end if;
        else
            known := null;
        end if;
    end loop;
    perform brigade_keep_matter(known);
end
$$;

create function brigade_keep_matter(known matters) returns void
    language sql as $$
    insert into matters select (known).* where (known).seq is not null
    on conflict (conversation_id, seq, tenant_id) do update
    set rev = excluded.rev, kind = excluded.kind, answered_at = excluded.answered_at, answered_by = excluded.answered_by,
        resolved_at = excluded.resolved_at, resolved_by = excluded.resolved_by, assignee = excluded.assignee,
        labels = excluded.labels, messages = excluded.messages, answer_due = excluded.answer_due,
        resolution_due = excluded.resolution_due
    where matters.rev <= excluded.rev
$$;

-- What was there before. States that were kept do not say where their matters began: they are made again from the logs.
do $$
declare
    owner uuid;
begin
    for owner in select id from tenants loop
        perform set_config('brigade.tenant_id', owner::text, true);
        delete from snapshots kept using entities head
        where kept.tenant_id = owner and head.tenant_id = owner and head.id = kept.entity_id and head.kind = 'conversation';
        perform brigade_tell_matters(owner);
    end loop;
    perform set_config('brigade.tenant_id', '', true);
end
$$;
