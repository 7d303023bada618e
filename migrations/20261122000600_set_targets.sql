-- What is due when, as far as the business has set itself targets.

alter table conversations
    -- When the first thing is due: an answer, or the solution.
    add column due_at timestamptz,
    -- From when on the first thing is due soon.
    add column warn_at timestamptz,
    add constraint conversations_warned_before_due check ((warn_at is null) = (due_at is null) and warn_at <= due_at),
    add constraint conversations_due_unless_resolved check (due_at is null or status <> 'resolved');
grant update (due_at, warn_at) on conversations to brigade_app;

-- Views can ask for it, and sort by it.
alter table inbox_views
    drop constraint inbox_views_criteria_known,
    add constraint inbox_views_criteria_known check (
        jsonb_typeof(criteria) = 'object'
        and criteria - array['status', 'waiting', 'assignee', 'label', 'priority', 'due'] = '{}'
        and criteria ->> 'status' is not null and criteria ->> 'status' in ('open', 'snoozed', 'resolved')
    ),
    drop constraint inbox_views_sorting_known,
    add constraint inbox_views_sorting_known check (sorting in ('newest', 'longest', 'urgent', 'due'));

-- The functions of 20261121001600, with the columns above.
drop function brigade_commit_conversations(
    uuid, uuid[], text[], bigint[], bigint[], uuid[], bigint[], timestamptz[], uuid[], bigint[], boolean[], text[], text[], text[],
    uuid[], bigint[], text[], text[], uuid[], uuid[], uuid[], timestamptz[], timestamptz[], timestamptz[], timestamptz[], timestamptz[],
    text[], text[], text[]);
drop function brigade_save_conversations(
    uuid, uuid[], uuid[], bigint[], text[], text[], uuid[], uuid[], uuid[], timestamptz[], timestamptz[], timestamptz[], timestamptz[],
    timestamptz[], text[], text[], text[]);

create function brigade_save_conversations(
    owner uuid, late uuid[],
    ids uuid[], revs bigint[], kinds text[], statuses text[], visitors uuid[], accounts uuid[], assignees uuid[],
    waiting timestamptz[], messaged timestamptz[], settled timestamptz[], snoozed timestamptz[], woken timestamptz[],
    priorities text[], label_lists text[], dues timestamptz[], warnings timestamptz[], listings text[]
) returns void
    language plpgsql as $$
declare
    changed integer;
begin
    update conversations known
    set rev = fresh.rev, kind = fresh.kind, status = fresh.status, visitor_id = fresh.visitor,
        account_id = fresh.account, assignee = fresh.assignee, waiting_since = fresh.waiting,
        last_message_at = fresh.messaged, settled_at = fresh.settled, snoozed_until = fresh.snoozed,
        woken_at = fresh.woken, priority = fresh.priority, labels = fresh.labels::uuid[], due_at = fresh.due,
        warn_at = fresh.warning, listing = fresh.listing
    from unnest(ids, revs, kinds, statuses, visitors, accounts, assignees, waiting, messaged, settled, snoozed, woken,
                priorities, label_lists, dues, warnings, listings)
        as fresh (id, rev, kind, status, visitor, account, assignee, waiting, messaged, settled, snoozed, woken,
                  priority, labels, due, warning, listing)
    where known.tenant_id = owner and known.id = fresh.id and fresh.id <> all (late);
    get diagnostics changed = row_count;

    if changed < (select count(*) from unnest(ids) as id where id <> all (late)) then
        insert into conversations (tenant_id, id, rev, kind, status, visitor_id, account_id, assignee, waiting_since,
                                   last_message_at, settled_at, snoozed_until, woken_at, priority, labels, due_at, warn_at, listing)
        select owner, fresh.id, fresh.rev, fresh.kind, fresh.status, fresh.visitor, fresh.account, fresh.assignee,
               fresh.waiting, fresh.messaged, fresh.settled, fresh.snoozed, fresh.woken, fresh.priority,
               fresh.labels::uuid[], fresh.due, fresh.warning, fresh.listing
        from unnest(ids, revs, kinds, statuses, visitors, accounts, assignees, waiting, messaged, settled, snoozed, woken,
                    priorities, label_lists, dues, warnings, listings)
            as fresh (id, rev, kind, status, visitor, account, assignee, waiting, messaged, settled, snoozed, woken,
                      priority, labels, due, warning, listing)
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
    priorities text[], label_lists text[], dues timestamptz[], warnings timestamptz[], listings text[]
) returns uuid[]
    language plpgsql as $$
declare
    late uuid[];
begin
    perform set_config('brigade.tenant_id', owner::text, true);
    late := brigade_append(owner, heads, head_kinds, expected, versions, entities, seqs, times, requests, digests,
                           answer_marks, kinds, parties, bodies);
    perform brigade_save_conversations(owner, late, ids, revs, row_kinds, statuses, visitors, accounts, assignees,
                                       waiting, messaged, settled, snoozed, woken, priorities, label_lists, dues, warnings, listings);
    return late;
end
$$;
