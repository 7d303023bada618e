-- When the list of conversations was first read in a look (docs/decisions/0017): it shows the beginnings of what was said.
alter table support_looks add column listed_at timestamptz;
alter table support_looks add constraint support_looks_listed_after check (listed_at >= began_at);
grant update (listed_at) on support_looks to brigade_app;
