-- How a business words the letters that are written in its name. Where there is none, ours is used.
create table letter_wordings (
    tenant_id  uuid        not null,
    -- Which letter.
    occasion   text        not null collate "C",
    -- How often it was changed since ours was last used: who changes it says which one they saw.
    rev        integer     not null default 1,
    -- With {{customer.first_name}} and the like in it.
    subject    text        not null,
    text       text        not null,
    changed_at timestamptz not null,

    constraint letter_wordings_pkey primary key (tenant_id, occasion),
    constraint letter_wordings_tenant_exists foreign key (tenant_id) references tenants (id),
    constraint letter_wordings_occasion_known check (occasion in ('client_invitation', 'staff_invitation', 'transcript')),
    constraint letter_wordings_rev_positive check (rev > 0),
    constraint letter_wordings_subject_length check (char_length(subject) between 1 and 150),
    -- What begins another line would begin another header.
    constraint letter_wordings_subject_one_line check (position(E'\n' in subject) = 0 and position(E'\r' in subject) = 0),
    constraint letter_wordings_text_length check (char_length(text) between 1 and 4000)
);

alter table letter_wordings enable row level security;
alter table letter_wordings force row level security;
create policy letter_wordings_of_tenant on letter_wordings
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on letter_wordings to brigade_app;
grant update (rev, subject, text, changed_at) on letter_wordings to brigade_app;
