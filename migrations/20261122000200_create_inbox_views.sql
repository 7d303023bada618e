-- Saved views of the inbox: which conversations, in which order, under a name.
create table inbox_views (
    tenant_id  uuid        not null,
    id         uuid        not null,
    -- Whose it is; null: the whole staff's.
    owner      uuid,
    -- How often it was changed: who changes it says which one they saw.
    rev        integer     not null default 1,
    name       text        not null,
    -- Which conversations: status, waiting, assignee, label, priority.
    criteria   jsonb       not null,
    sorting    text        not null collate "C",
    changed_at timestamptz not null,

    constraint inbox_views_pkey primary key (tenant_id, id),
    constraint inbox_views_name_once unique nulls not distinct (tenant_id, owner, name),
    constraint inbox_views_tenant_exists foreign key (tenant_id) references tenants (id),
    constraint inbox_views_owner_exists foreign key (owner) references users (id) on delete cascade,
    constraint inbox_views_name_length check (length(name) between 1 and 60),
    constraint inbox_views_criteria_known check (
        jsonb_typeof(criteria) = 'object'
        and criteria - array['status', 'waiting', 'assignee', 'label', 'priority'] = '{}'
        and criteria ->> 'status' is not null and criteria ->> 'status' in ('open', 'snoozed', 'resolved')
    ),
    constraint inbox_views_sorting_known check (sorting in ('newest', 'longest', 'urgent')),
    constraint inbox_views_rev_positive check (rev > 0)
);

-- No more than can be seen at a glance. Whoever adds one waits for whoever is adding another beside it.
create function brigade_bound_inbox_views() returns trigger
    language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('inbox_views ' || new.tenant_id::text || coalesce(new.owner::text, ''), 0));
    if (select count(*) from inbox_views where tenant_id = new.tenant_id and owner is not distinct from new.owner) >= 30 then
        raise exception 'tenant % has 30 views there already', new.tenant_id
            using errcode = 'integrity_constraint_violation', constraint = 'inbox_views_bounded', table = 'inbox_views';
    end if;
    return new;
end
$$;
create trigger inbox_views_bounded before insert on inbox_views
    for each row execute function brigade_bound_inbox_views();

alter table inbox_views enable row level security;
alter table inbox_views force row level security;
create policy inbox_views_of_tenant on inbox_views
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on inbox_views to brigade_app;
grant update (rev, name, criteria, sorting, changed_at) on inbox_views to brigade_app;
