-- How the staff sort conversations: put off until later, how urgent, and what about.

-- The labels there are. Their names and colours are the tenant entity's own; these ids say which ones may be put on.
alter table tenants add column labels uuid[] not null default '{}';
alter table tenants add constraint tenants_labels_bounded check (cardinality(labels) <= 100);
grant update (labels) on tenants to brigade_app;

alter table conversations
    -- While snoozed, until when.
    add column snoozed_until timestamptz,
    -- When it came back by itself, until somebody writes.
    add column woken_at timestamptz,
    add column priority text not null collate "C" default 'normal',
    add column labels uuid[] not null default '{}',
    drop constraint conversations_status_known,
    add constraint conversations_status_known check (status in ('open', 'snoozed', 'resolved')),
    add constraint conversations_snoozed_until_a_time check ((snoozed_until is not null) = (status = 'snoozed')),
    add constraint conversations_woken_when_open check (woken_at is null or status = 'open'),
    add constraint conversations_priority_known check (priority in ('low', 'normal', 'high', 'urgent')),
    add constraint conversations_labels_bounded check (cardinality(labels) <= 20);
grant update (snoozed_until, woken_at, priority, labels) on conversations to brigade_app;
create index conversations_snoozed on conversations (tenant_id, snoozed_until, id) where status = 'snoozed';

-- What is put on is one of the tenant's labels at that moment. One that is removed later stays on what has it.
create function brigade_check_labels() returns trigger
    language plpgsql as $$
declare
    known uuid[] := (select labels from tenants where id = new.tenant_id);
begin
    if tg_op = 'UPDATE' then
        known := known || old.labels;
    end if;
    if not new.labels <@ known then
        raise exception 'conversation % is given a label that the tenant does not have', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'conversations_label_exists', table = 'conversations';
    end if;
    return null;
end
$$;
create trigger conversations_label_exists after update on conversations
    for each row when (new.labels is distinct from old.labels) execute function brigade_check_labels();
create trigger conversations_first_label_exists after insert on conversations
    for each row when (new.labels <> '{}') execute function brigade_check_labels();

-- The functions of 20261121001200, with the columns above; the labels of a conversation come as the text of an array.
drop function brigade_commit_conversations(
    uuid, uuid[], text[], bigint[], bigint[], uuid[], bigint[], timestamptz[], uuid[], bigint[], boolean[], text[], text[], text[],
    uuid[], bigint[], text[], text[], uuid[], uuid[], uuid[], timestamptz[], timestamptz[], timestamptz[], text[]);
drop function brigade_save_conversations(
    uuid, uuid[], uuid[], bigint[], text[], text[], uuid[], uuid[], uuid[], timestamptz[], timestamptz[], timestamptz[], text[]);

create function brigade_save_conversations(
    owner uuid, late uuid[],
    ids uuid[], revs bigint[], kinds text[], statuses text[], visitors uuid[], accounts uuid[], assignees uuid[],
    waiting timestamptz[], messaged timestamptz[], settled timestamptz[], snoozed timestamptz[], woken timestamptz[],
    priorities text[], label_lists text[], listings text[]
) returns void
    language plpgsql as $$
declare
    changed integer;
begin
    update conversations known
    set rev = fresh.rev, kind = fresh.kind, status = fresh.status, visitor_id = fresh.visitor,
        account_id = fresh.account, assignee = fresh.assignee, waiting_since = fresh.waiting,
        last_message_at = fresh.messaged, settled_at = fresh.settled, snoozed_until = fresh.snoozed,
        woken_at = fresh.woken, priority = fresh.priority, labels = fresh.labels::uuid[], listing = fresh.listing
    from unnest(ids, revs, kinds, statuses, visitors, accounts, assignees, waiting, messaged, settled, snoozed, woken,
                priorities, label_lists, listings)
        as fresh (id, rev, kind, status, visitor, account, assignee, waiting, messaged, settled, snoozed, woken,
                  priority, labels, listing)
    where known.tenant_id = owner and known.id = fresh.id and fresh.id <> all (late);
    get diagnostics changed = row_count;

    if changed < (select count(*) from unnest(ids) as id where id <> all (late)) then
        insert into conversations (tenant_id, id, rev, kind, status, visitor_id, account_id, assignee, waiting_since,
                                   last_message_at, settled_at, snoozed_until, woken_at, priority, labels, listing)
        select owner, fresh.id, fresh.rev, fresh.kind, fresh.status, fresh.visitor, fresh.account, fresh.assignee,
               fresh.waiting, fresh.messaged, fresh.settled, fresh.snoozed, fresh.woken, fresh.priority,
               fresh.labels::uuid[], fresh.listing
        from unnest(ids, revs, kinds, statuses, visitors, accounts, assignees, waiting, messaged, settled, snoozed, woken,
                    priorities, label_lists, listings)
            as fresh (id, rev, kind, status, visitor, account, assignee, waiting, messaged, settled, snoozed, woken,
                      priority, labels, listing)
        where fresh.id <> all (late)
          and (select known.id from conversations known where known.tenant_id = owner and known.id = fresh.id) is null;
    end if;
end
$$;

create function brigade_commit_conversations(
    owner uuid,
    heads uuid[], head_kinds text[], expected bigint[], versions bigint[],
    entities uuid[], seqs bigint[], times timestamptz[], requests uuid[], digests bigint[], answer_marks boolean[],
    kinds text[], parties text[], bodies text[],
    ids uuid[], revs bigint[], row_kinds text[], statuses text[], visitors uuid[], accounts uuid[], assignees uuid[],
    waiting timestamptz[], messaged timestamptz[], settled timestamptz[], snoozed timestamptz[], woken timestamptz[],
    priorities text[], label_lists text[], listings text[]
) returns uuid[]
    language plpgsql as $$
declare
    late uuid[];
begin
    perform set_config('brigade.tenant_id', owner::text, true);
    late := brigade_append(owner, heads, head_kinds, expected, versions, entities, seqs, times, requests, digests,
                           answer_marks, kinds, parties, bodies);
    perform brigade_save_conversations(owner, late, ids, revs, row_kinds, statuses, visitors, accounts, assignees,
                                       waiting, messaged, settled, snoozed, woken, priorities, label_lists, listings);
    return late;
end
$$;
