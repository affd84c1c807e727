-- An event may lie where somebody is to act on it, outside of the caller's division: to tell is not to see.
create policy addressed on outbox for insert with check (true);
