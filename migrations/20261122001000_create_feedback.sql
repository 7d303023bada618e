-- What customers say of how they were served: a row for each time one was asked, written with the event.

create table feedback (
    tenant_id       uuid        not null,
    conversation_id uuid        not null,
    -- The entry of the conversation's log that asks, and when that was.
    asked_seq       bigint      not null,
    asked_at        timestamptz not null,
    -- The entry that resolved what they are asked about: the matter of that end.
    resolved_seq    bigint      not null,
    -- The entry that says this, and when that was: of two about one question the later holds.
    rev             bigint      not null,
    said_at         timestamptz not null,
    -- Who answered the conversation, and what it was about, at that time.
    assignee        uuid,
    labels          uuid[]      not null,
    -- 1 (very bad) to 5 (very good); null as long as nothing was said.
    score           smallint,
    comment         text,

    constraint feedback_pkey primary key (tenant_id, conversation_id, asked_seq),
    constraint feedback_conversation_exists
        foreign key (tenant_id, conversation_id) references entities (tenant_id, id) on delete cascade,
    constraint feedback_asked_after_resolution check (asked_seq > resolved_seq and resolved_seq > 0),
    constraint feedback_rev_after_asking check (rev >= asked_seq),
    constraint feedback_labels_bounded check (cardinality(labels) <= 20),
    constraint feedback_score_known check (score between 1 and 5),
    constraint feedback_comment_of_score check (comment is null or (score is not null and char_length(comment) between 1 and 1000))
);
-- A matter that was resolved is asked about once.
create unique index feedback_asked_once on feedback (tenant_id, conversation_id, resolved_seq);

alter table feedback enable row level security;
alter table feedback force row level security;
create policy feedback_of_tenant on feedback
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on feedback to brigade_app;
grant update (rev, said_at, assignee, labels, score, comment) on feedback to brigade_app;
