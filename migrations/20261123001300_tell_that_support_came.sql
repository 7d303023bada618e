-- Admins are told when somebody of the platform's support begins to look (docs/decisions/0017): once for each permission and person.
-- The subject is the first look of theirs under it.
alter table notices drop constraint notices_kind_known;
alter table notices add constraint notices_kind_known
    check (kind in ('assigned', 'mentioned', 'answered', 'waiting', 'due', 'accepted', 'entrusted', 'held_back', 'webhook_off',
                    'support_came'));

-- Nobody turns off that they are told of it.
alter table notice_settings add constraint notice_settings_support_told check (not 'support_came' = any (muted));
