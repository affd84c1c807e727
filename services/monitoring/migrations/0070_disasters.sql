-- What a disaster did beside the loss: people hurt or killed, the dwelling damaged, the drinking water cut off or unsafe.
alter table disasters
    add column casualties       int     not null default 0 check (casualties >= 0),
    add column dwelling_damaged boolean not null default false,
    add column water_affected   boolean not null default false;
