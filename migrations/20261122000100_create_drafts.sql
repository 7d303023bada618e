-- What a person has begun to write in a conversation and not sent: theirs alone, on all of their devices.
create table drafts (
    tenant_id       uuid        not null,
    conversation_id uuid        not null,
    user_id         uuid        not null,
    -- Grows with every change, also over a removal: it begins at the milliseconds since 1970. Who changes it says which one they saw.
    rev             bigint      not null,
    kind            text        not null collate "C",
    text            text        not null,
    -- The newest entry of the log that was seen when it was begun.
    since_seq       bigint      not null,
    updated_at      timestamptz not null,

    constraint drafts_pkey primary key (tenant_id, conversation_id, user_id),
    constraint drafts_conversation_exists
        foreign key (tenant_id, conversation_id) references entities (tenant_id, id) on delete cascade,
    constraint drafts_user_exists foreign key (user_id) references users (id) on delete cascade,
    constraint drafts_rev_positive check (rev > 0),
    constraint drafts_kind_known check (kind in ('send', 'note')),
    constraint drafts_text_length check (length(text) between 1 and 4000),
    constraint drafts_since_known check (since_seq >= 0)
);

-- A person's own, newest first.
create index drafts_of_person on drafts (user_id, tenant_id, updated_at desc);

-- No more than can be looked through. Whoever begins one waits for their own other device that is beginning another.
create function brigade_bound_drafts() returns trigger
    language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('drafts ' || new.tenant_id::text || new.user_id::text, 0));
    if (
        select count(*) from drafts
        where tenant_id = new.tenant_id and user_id = new.user_id and conversation_id <> new.conversation_id
    ) >= 500 then
        raise exception '% has 500 drafts already', new.user_id
            using errcode = 'integrity_constraint_violation', constraint = 'drafts_bounded', table = 'drafts';
    end if;
    return new;
end
$$;
create trigger drafts_bounded before insert on drafts
    for each row execute function brigade_bound_drafts();

-- Who is nothing in a tenant any more leaves no draft there.
create function brigade_remove_drafts() returns trigger
    language plpgsql as $$
begin
    delete from drafts
    where tenant_id = old.tenant_id and user_id = old.user_id
      and not exists (select from memberships where tenant_id = old.tenant_id and user_id = old.user_id);
    return null;
end
$$;
create trigger drafts_go_with_membership after delete on memberships
    for each row execute function brigade_remove_drafts();

alter table drafts enable row level security;
alter table drafts force row level security;
create policy drafts_of_tenant on drafts
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on drafts to brigade_app;
grant update (rev, kind, text, since_seq, updated_at) on drafts to brigade_app;
