-- What the public board reads, over and over and without a sign-in: the notices and announcements that are on in a division.
create index procedures_notices on procedures (division, id) where state = 1 and end_date is not null;
