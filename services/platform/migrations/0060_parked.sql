-- Few events are parked, among all that were ever sent: they are counted every quarter of a minute and listed.
create index outbox_parked on outbox (id) where parked_time is not null;
