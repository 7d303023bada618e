-- Files that go with messages. Their bytes are kept elsewhere, under ids; here is what is known of them.
create table attachments (
    tenant_id       uuid        not null,
    id              uuid        not null,
    -- The id as people and the log write it.
    public_id       text        not null collate "C",
    conversation_id uuid        not null,
    -- Who gives it.
    party           text        not null collate "C",
    name            text        not null,
    size            bigint      not null,
    -- How many bytes are here.
    received        bigint      not null default 0,
    -- What it is, and how large a picture it is: known once all of it was here and looked at.
    media_type      text        collate "C",
    width           integer,
    height          integer,
    created_at      timestamptz not null,
    -- The message or note it went with.
    seq             bigint,
    note            boolean     not null default false,
    -- Gone for everybody: with its message, or because nobody sent it. Its bytes are about to go too.
    removed         boolean     not null default false,

    constraint attachments_pkey primary key (tenant_id, id),
    constraint attachments_public_id_once unique (public_id, tenant_id),
    constraint attachments_conversation_exists foreign key (tenant_id, conversation_id) references entities (tenant_id, id),
    constraint attachments_public_id_shape check (public_id ~ '^att_[0-9a-z]{26}$'),
    constraint attachments_party_named check (party <> ''),
    constraint attachments_name_length check (length(name) between 1 and 200),
    constraint attachments_size_bounded check (size between 1 and 26214400),
    constraint attachments_received_bounded check (received between 0 and size),
    constraint attachments_known_when_whole check (media_type is null or received = size),
    constraint attachments_media_type_shape check (media_type ~ '^[a-z0-9+._-]+/[a-z0-9+._-]+$' and length(media_type) <= 100),
    constraint attachments_picture_whole check ((width is null) = (height is null)),
    constraint attachments_picture_known check (width is null or (media_type is not null and width > 0 and height > 0)),
    constraint attachments_sent_when_known check (seq is null or media_type is not null),
    constraint attachments_note_when_sent check (not note or seq is not null)
);

-- What a conversation holds: counted when a file is begun, and by message when one is deleted.
create index attachments_of_conversation on attachments (conversation_id, seq, tenant_id);

-- No more than a conversation can hold. Whoever begins one waits for whoever begins another there.
create function brigade_bound_attachments() returns trigger
    language plpgsql as $$
declare
    unsent integer;
    bytes bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('attachments ' || new.conversation_id::text, 0));
    select count(*) filter (where seq is null and party = new.party), sum(size) into unsent, bytes
    from attachments
    where tenant_id = new.tenant_id and conversation_id = new.conversation_id and not removed;
    if unsent >= 30 then
        raise exception '% has 30 files here that were not sent', new.party
            using errcode = 'integrity_constraint_violation', constraint = 'attachments_unsent_bounded', table = 'attachments';
    end if;
    if bytes + new.size > 1073741824 then
        raise exception 'conversation % holds 1 GiB of files already', new.conversation_id
            using errcode = 'integrity_constraint_violation', constraint = 'attachments_bytes_bounded', table = 'attachments';
    end if;
    return new;
end
$$;
create trigger attachments_bounded before insert on attachments
    for each row execute function brigade_bound_attachments();

-- A message takes its files with it: each is whole, in this conversation, given by whoever writes, goes with no other
-- message, and is what the message says it is.
create function brigade_take_attachments() returns trigger
    language plpgsql as $$
declare
    files jsonb := (new.body::jsonb) -> 'attachments';
    taken integer;
begin
    update attachments given
    set seq = new.seq, note = (new.kind = 'note_added')
    from jsonb_to_recordset(files) as said (id text, name text, type text, size bigint, pixels jsonb)
    where given.public_id = said.id and given.tenant_id = new.tenant_id and given.conversation_id = new.entity_id
      and given.party = new.party and given.seq is null and not given.removed
      and given.name = said.name and given.media_type = said.type and given.size = said.size
      and given.width is not distinct from (said.pixels ->> 'width')::integer
      and given.height is not distinct from (said.pixels ->> 'height')::integer;
    get diagnostics taken = row_count;
    if taken <> jsonb_array_length(files) then
        raise exception 'line % of % has files that are not there to be sent', new.seq, new.entity_id
            using errcode = 'integrity_constraint_violation', constraint = 'attachments_given_before_sent', table = 'attachments';
    end if;
    return null;
end
$$;
-- In JSON a quotation mark inside a text is escaped: these signs stand for the field and nothing else.
create trigger attachments_given_before_sent after insert on event_log
    for each row when (new.kind in ('message_sent', 'note_added') and strpos(new.body, '"attachments":[') > 0)
    execute function brigade_take_attachments();

-- With a message its files are gone.
create function brigade_remove_attachments() returns trigger
    language plpgsql as $$
begin
    update attachments set removed = true
    where tenant_id = new.tenant_id and conversation_id = new.entity_id and seq = new.amends;
    return null;
end
$$;
create trigger attachments_go_with_message after insert on event_log
    for each row when (new.kind = 'message_deleted') execute function brigade_remove_attachments();

alter table attachments enable row level security;
alter table attachments force row level security;
create policy attachments_of_tenant on attachments
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on attachments to brigade_app;
grant update (received, media_type, width, height, seq, note, removed) on attachments to brigade_app;
