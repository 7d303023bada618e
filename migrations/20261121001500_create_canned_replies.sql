-- Texts that a tenant's staff send often, found by a shortcut.
create table canned_replies (
    tenant_id  uuid        not null,
    id         uuid        not null,
    -- How often it was changed: who changes it says which one they saw.
    rev        integer     not null default 1,
    shortcut   text        not null collate "C",
    text       text        not null,
    changed_at timestamptz not null,

    constraint canned_replies_pkey primary key (tenant_id, id),
    constraint canned_replies_shortcut_once unique (tenant_id, shortcut),
    constraint canned_replies_tenant_exists foreign key (tenant_id) references tenants (id),
    constraint canned_replies_shortcut_shape check (shortcut ~ '^[a-z0-9-]{1,32}$'),
    constraint canned_replies_text_length check (length(text) between 1 and 4000),
    constraint canned_replies_rev_positive check (rev > 0)
);

-- No more than can be looked through. Whoever adds one waits for whoever is adding another.
create function brigade_bound_canned_replies() returns trigger
    language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('canned_replies ' || new.tenant_id::text, 0));
    if (select count(*) from canned_replies where tenant_id = new.tenant_id) >= 500 then
        raise exception 'tenant % has 500 canned replies already', new.tenant_id
            using errcode = 'integrity_constraint_violation', constraint = 'canned_replies_bounded', table = 'canned_replies';
    end if;
    return new;
end
$$;
create trigger canned_replies_bounded before insert on canned_replies
    for each row execute function brigade_bound_canned_replies();

alter table canned_replies enable row level security;
alter table canned_replies force row level security;
create policy canned_replies_of_tenant on canned_replies
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on canned_replies to brigade_app;
grant update (rev, shortcut, text, changed_at) on canned_replies to brigade_app;
