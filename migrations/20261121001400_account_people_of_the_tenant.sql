-- Who looks after an account is of the tenant's staff at that moment, and who is made a member of one is somebody the tenant
-- knows. Who leaves later stays named, as with conversations (20261121001100).
create function brigade_check_manager() returns trigger
    language plpgsql as $$
begin
    if not exists (
        select from memberships
        where tenant_id = new.tenant_id and user_id = new.manager and role <> 'client'
    ) then
        raise exception 'the account % is given to somebody who is not of the staff', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'accounts_manager_is_staff', table = 'accounts';
    end if;
    return null;
end
$$;
create trigger accounts_manager_is_staff after update on accounts
    for each row when (new.manager is not null and new.manager is distinct from old.manager)
    execute function brigade_check_manager();
create trigger accounts_first_manager_is_staff after insert on accounts
    for each row when (new.manager is not null)
    execute function brigade_check_manager();

create function brigade_check_account_member() returns trigger
    language plpgsql as $$
begin
    if not exists (select from memberships where tenant_id = new.tenant_id and user_id = new.user_id) then
        raise exception 'a stranger cannot belong to the account %', new.account_id
            using errcode = 'integrity_constraint_violation', constraint = 'account_members_is_known', table = 'account_members';
    end if;
    return null;
end
$$;
create trigger account_members_is_known after insert on account_members
    for each row execute function brigade_check_account_member();
