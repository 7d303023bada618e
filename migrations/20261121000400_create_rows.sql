-- The rows beside the logs: what lists and look-ups are made from, written in the transaction of the lines.

create table accounts (
    tenant_id uuid   not null,
    id        uuid   not null,
    name      text   not null,
    manager   uuid,
    lifecycle text   not null collate "C",

    constraint accounts_pkey primary key (tenant_id, id),
    constraint accounts_entity_exists foreign key (tenant_id, id) references entities (tenant_id, id),
    constraint accounts_name_length check (length(name) between 1 and 200),
    constraint accounts_lifecycle_known check (lifecycle in (
        'visitor', 'conversation', 'onboarding', 'pack_purchase', 'subscription_applied', 'weekly_ordering',
        'consumption', 'paused', 'reactivated', 'cancelled'))
);
create index accounts_by_manager on accounts (tenant_id, manager) where manager is not null;

create table account_members (
    tenant_id  uuid not null,
    account_id uuid not null,
    user_id    uuid not null,

    constraint account_members_pkey primary key (tenant_id, account_id, user_id),
    constraint account_members_account_exists
        foreign key (tenant_id, account_id) references accounts (tenant_id, id) on delete cascade
);
-- The accounts of a person in a tenant, looked up with every session.
create index account_members_by_user on account_members (tenant_id, user_id);

create table conversations (
    tenant_id       uuid   not null,
    id              uuid   not null,
    -- The seq of the commit the row is from.
    rev             bigint not null,
    kind            text   not null collate "C",
    status          text   not null collate "C",
    visitor_id      uuid,
    account_id      uuid,
    assignee        uuid,
    waiting_since   timestamptz,
    last_message_at timestamptz,
    -- Set while resolved, from last_message_at: an open conversation changes with every message, and as long as
    -- no index holds a column that changes, the update stays on its page.
    settled_at      timestamptz,
    -- What the inbox shows: JSON text, sent verbatim.
    listing         text   not null collate "C",

    -- The id first, as in entities.
    constraint conversations_pkey primary key (id, tenant_id),
    constraint conversations_entity_exists foreign key (tenant_id, id) references entities (tenant_id, id),
    constraint conversations_account_exists foreign key (tenant_id, account_id) references accounts (tenant_id, id),
    constraint conversations_rev_positive check (rev > 0),
    constraint conversations_kind_known check (kind in ('site', 'account')),
    constraint conversations_status_known check (status in ('open', 'resolved')),
    constraint conversations_settled_when_resolved check ((settled_at is not null) = (status = 'resolved')),
    constraint conversations_listing_present check (listing <> '')
) with (fillfactor = 50);
create index conversations_open on conversations (tenant_id, id) where status = 'open';
create index conversations_settled on conversations (tenant_id, settled_at desc, id desc) where status = 'resolved';
create index conversations_by_account on conversations (tenant_id, account_id) where account_id is not null;
create index conversations_by_visitor on conversations (tenant_id, visitor_id) where visitor_id is not null;

alter table accounts enable row level security;
alter table accounts force row level security;
create policy accounts_of_tenant on accounts
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on accounts to brigade_app;
grant update (name, manager, lifecycle) on accounts to brigade_app;

alter table account_members enable row level security;
alter table account_members force row level security;
create policy account_members_of_tenant on account_members
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on account_members to brigade_app;

alter table conversations enable row level security;
alter table conversations force row level security;
create policy conversations_of_tenant on conversations
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on conversations to brigade_app;
grant update (rev, kind, status, visitor_id, account_id, assignee, waiting_since, last_message_at, settled_at, listing)
    on conversations to brigade_app;
