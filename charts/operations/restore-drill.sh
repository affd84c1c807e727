#!/usr/bin/env bash
# Restores a service's dump into a fresh database, sees to it that all of it came back, says how long that took, and drops it again.
#
#   restore-drill.sh DUMP VERIFY…
#
#   DUMP     what pg_dump --format=custom made of the service's database
#   VERIFY   the service's program with the argument verify; it is given ConnectionStrings__Database, e.g.
#            docker run --rm --env ConnectionStrings__Database registry.example/governance/monitoring:0.1.0 verify --head …
#
# PGHOST, PGPORT, PGUSER and PGPASSWORD name a superuser of the server to restore to, never the one that serves. KEEP=1 leaves the
# database there; JOBS (4) restores that many tables at a time.
set -euo pipefail
dump=$1
shift
: "${PGHOST:?}" "${PGUSER:?}"
database=drill_$(date -u +%Y%m%d_%H%M%S)_$$
query() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$database" --command "$1"; }
counts=$(mktemp -d)
trap 'rm -rf "$counts"; if [[ -z ${KEEP:-} ]]; then dropdb --if-exists --force "$database"; fi' EXIT

createdb --template template0 --encoding UTF8 "$database"
began=$SECONDS
# Roles are the server's, not the dump's: charts/operations/provision.sql makes them where it is restored to serve.
pg_restore --exit-on-error --no-owner --no-privileges --jobs "${JOBS:-4}" --dbname "$database" "$dump"
restored=$((SECONDS - began))

# What the dump holds, counted in the dump itself, and what is there now.
pg_restore --data-only --file - "$dump" |
  awk '/^COPY .* FROM stdin;$/ { table = $2; rows[table] = 0; next } /^\\\.$/ { table = "" } table { rows[table]++ } END { for (t in rows) print t, rows[t] }' |
  sort >"$counts/dump"
while read -r table _; do echo "$table $(query "select count(*) from $table")"; done <"$counts/dump" >"$counts/database"
diff "$counts/dump" "$counts/database" || { echo "The counts differ (dump <, database >)" >&2; exit 1; }
column --table "$counts/database" 2>/dev/null || cat "$counts/database"

ConnectionStrings__Database="Host=$PGHOST;Port=${PGPORT:-5432};Username=$PGUSER;Password=${PGPASSWORD:-};Database=$database" "$@"

# Feed and audit are in the order of transaction ids. On a server whose ids are lower than those restored, new events would come
# before old ones and readers would never see them.
epoch=$(query "
  select coalesce(max(id), 0)::numeric::bigint / 4294967296 + 1
  from (select max(transaction_id)::text::numeric as id from outbox union all select max(transaction_id)::text::numeric from audit) as newest
  having max(id) >= pg_current_xact_id()::text::numeric")
if [[ $epoch ]]; then
  echo "transaction ids: this server's are behind those of the dump. Before it serves, stop it cleanly and run: pg_resetwal --epoch=$epoch DATA_DIRECTORY"
else
  echo "transaction ids: this server's are ahead of those of the dump"
fi
echo "restored in $restored s, verified in $((SECONDS - began - restored)) s"
