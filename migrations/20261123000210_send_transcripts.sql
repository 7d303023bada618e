-- Transcripts that were asked for: written with the event, sent once.
create table transcripts (
    tenant_id       uuid        not null,
    conversation_id uuid        not null,
    -- The entry of the conversation's log that asks.
    rev             bigint      not null,
    asked_at        timestamptz not null,
    -- For whom, to be counted: SHA-256 of the tenant and the address or person.
    recipient       bytea       not null,
    -- Where a visitor wants it; taken away when it is on its way.
    address         text        collate "C",
    -- The client who gets it.
    user_id         uuid,
    -- When it went into the outbox of letters, or when it was clear that nobody may have it.
    sent_at         timestamptz,

    constraint transcripts_pkey primary key (tenant_id, conversation_id, rev),
    constraint transcripts_conversation_exists
        foreign key (tenant_id, conversation_id) references entities (tenant_id, id) on delete cascade,
    constraint transcripts_user_exists foreign key (user_id) references users (id) on delete cascade,
    constraint transcripts_rev_positive check (rev > 0),
    constraint transcripts_recipient_hashed check (octet_length(recipient) = 32),
    constraint transcripts_address_bounded check (octet_length(address) between 3 and 254),
    constraint transcripts_for_somebody check (sent_at is not null or (address is null) <> (user_id is null)),
    constraint transcripts_address_forgotten check (sent_at is null or address is null)
);
create index transcripts_by_recipient on transcripts (tenant_id, recipient, asked_at);
create index transcripts_by_age on transcripts (tenant_id, asked_at);

-- Nobody is sent more than five in a day, from however many conversations. Whoever asks waits for another who asks for the same address.
create function brigade_bound_transcripts() returns trigger
    language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('transcripts ' || new.tenant_id::text || encode(new.recipient, 'hex'), 0));
    if (
        select count(*) from transcripts
        where tenant_id = new.tenant_id and recipient = new.recipient and asked_at > new.asked_at - interval '24 hours'
    ) >= 5 then
        raise exception 'five transcripts went to this recipient within a day'
            using errcode = 'integrity_constraint_violation', constraint = 'transcripts_bounded', table = 'transcripts';
    end if;
    return new;
end
$$;
create trigger transcripts_bounded before insert on transcripts
    for each row execute function brigade_bound_transcripts();

alter table transcripts enable row level security;
alter table transcripts force row level security;
create policy transcripts_of_tenant on transcripts
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on transcripts to brigade_app;
grant update (address, sent_at) on transcripts to brigade_app;
