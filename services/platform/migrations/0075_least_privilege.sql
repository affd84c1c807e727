-- An event lies where its thing does, and that is in scope. A service that has to tell somebody beyond says in a policy of its own whom.
drop policy addressed on outbox;

-- For a function that runs as its owner and checks what it is given: only the roles that serve, which are those that may publish, may call it.
-- What is created may be called by everybody otherwise.
create procedure serve_function(target regprocedure)
    language plpgsql
    as $$
declare
    role regrole;
begin
    execute format('revoke execute on function %s from public', target);
    for role in
        select grantee from pg_class cross join aclexplode(relacl)
        where oid = 'outbox'::regclass and privilege_type = 'INSERT' and grantee not in (0, relowner)
    loop
        execute format('grant execute on function %s to %s', target, role);
    end loop;
end
$$;
