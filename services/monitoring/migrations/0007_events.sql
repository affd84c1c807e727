-- Platform's outbox takes events as they are.
drop function cloud_event(uuid, text, text, timestamptz, text, bigint, json);
