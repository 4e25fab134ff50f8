#!/bin/sh
# Dumps all databases, and restores them.
#
#   nightly         dumps now if the last dump is older than a day, then every night at BACKUP_AT (UTC)
#   now             makes one dump
#   list            lists the dumps, the newest last
#   restore NAME    replaces the databases with a dump; `latest` is the newest
#   healthy         succeeds if the newest dump is recent enough
#
# A dump is a folder in BACKUP_DIR with one file per database. It gets its final name after it is complete and has been
# read back. Only then are old dumps deleted, down to BACKUP_KEEP.
set -eu

: "${PGHOST:?}" "${PGUSER:?}" "${BACKUP_DIR:?}" "${BACKUP_DATABASES:?}"
BACKUP_AT=${BACKUP_AT:-02:30}
BACKUP_KEEP=${BACKUP_KEEP:-14}
# Hides the notice that a database to be dropped does not exist.
export PGOPTIONS='-c client_min_messages=warning'
# A day, plus two hours for a long dump.
HEALTHY_MINUTES=1560
SECONDS_OF_A_DAY=86400

say() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"; }
fail() {
	say "$*" >&2
	exit 1
}
dumps() { find "$BACKUP_DIR" -mindepth 1 -maxdepth 1 -type d -name '20*Z' -exec basename {} \; | sort; }
query() { psql --no-psqlrc --set=ON_ERROR_STOP=1 --quiet --tuples-only --no-align --dbname=postgres --command="$1"; }
exists() { [ "$(query "SELECT count(*) FROM pg_database WHERE datname = '$1'")" = 1 ]; }

rotate() {
	count=$(dumps | wc -l)
	[ "$count" -gt "$BACKUP_KEEP" ] || return 0
	dumps | head -n "$((count - BACKUP_KEEP))" | while read -r name; do
		rm -rf "${BACKUP_DIR:?}/$name"
		say "removed $name"
	done
}

dump() {
	name=$(date -u +%Y%m%dT%H%M%SZ)
	partial="$BACKUP_DIR/.partial"
	rm -rf "$partial"
	mkdir -m 700 "$partial"
	for database in $BACKUP_DATABASES; do
		pg_dump --format=custom --file="$partial/$database.dump" --dbname="$database" || return 1
		# A file that cannot be read back is no backup.
		pg_restore --file=/dev/null "$partial/$database.dump" || return 1
	done
	(cd "$partial" && sha256sum -- *.dump >SHA256SUMS) || return 1
	sync
	mv "$partial" "$BACKUP_DIR/$name" || return 1
	say "dumped $name ($(du -sh "$BACKUP_DIR/$name" | cut -f1))"
	rotate
}

is_young() {
	newest=$(dumps | tail -n 1)
	[ -n "$newest" ] && [ -n "$(find "$BACKUP_DIR/$newest/SHA256SUMS" -mmin "-$1")" ]
}

seconds_until() {
	now=$(date -u +%s)
	# BACKUP_AT in seconds since midnight, without a leading zero, which would make it octal.
	hours=${BACKUP_AT%%:*}
	minutes=${BACKUP_AT##*:}
	at=$((now - now % SECONDS_OF_A_DAY + ${hours#0} * 3600 + ${minutes#0} * 60))
	[ "$at" -gt "$now" ] || at=$((at + SECONDS_OF_A_DAY))
	echo $((at - now))
}

nightly() {
	trap 'exit 0' TERM INT
	is_young 1440 || dump || say "the dump failed" >&2
	while true; do
		# In the background, so that a stop does not wait for the night.
		sleep "$(seconds_until)" &
		wait $!
		# The health check reports a failed dump, and the next night repeats it.
		dump || say "the dump failed" >&2
	done
}

# Waits for closed connections, because the server notices them a moment later.
is_unused() {
	for pause in 1 2 0; do
		[ "$(query "SELECT count(*) FROM pg_stat_activity WHERE datname = '$1'")" != 0 ] || return 0
		sleep "$pause"
	done
	return 1
}

# Restores into a new database and swaps it in at the end, so that a broken dump changes nothing.
restore_one() {
	database=$1
	file=$2
	owner=$(query "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '$database'")
	[ -n "$owner" ] || fail "there is no database $database; start the postgres service on an empty volume first"
	query "DROP DATABASE IF EXISTS ${database}_restoring"
	query "CREATE DATABASE ${database}_restoring OWNER $owner"
	query "REVOKE CONNECT, TEMPORARY ON DATABASE ${database}_restoring FROM PUBLIC"
	pg_restore --exit-on-error --no-owner --role="$owner" --dbname="${database}_restoring" "$file" ||
		fail "$file could not be restored; nothing was changed"
}

swap() {
	database=$1
	query "DROP DATABASE IF EXISTS ${database}_replaced"
	query "ALTER DATABASE $database RENAME TO ${database}_replaced"
	query "ALTER DATABASE ${database}_restoring RENAME TO $database"
}

# Files that were copied into the volume belong to root.
is_readable() {
	[ -r "$1" ] && [ -x "$1" ] || return 1
	for file in "$1"/*; do [ -r "$file" ] || return 1; done
}

restore() {
	name=$1
	[ "$name" != latest ] || name=$(dumps | tail -n 1)
	folder="$BACKUP_DIR/$name"
	[ -n "$name" ] && [ -d "$folder" ] || fail "there is no dump \"$name\"; see: list"
	is_readable "$folder" ||
		fail "$name cannot be read by $(id -un); nothing was changed. First: docker compose run --rm backup-volume"
	(cd "$folder" && sha256sum --check --quiet SHA256SUMS) || fail "$name is damaged; nothing was changed"
	for database in $BACKUP_DATABASES; do
		is_unused "$database" || fail "$database is in use; first: docker compose stop caddy api worker temporal temporal-ui pgbouncer"
	done
	for database in $BACKUP_DATABASES; do restore_one "$database" "$folder/$database.dump"; done
	for database in $BACKUP_DATABASES; do swap "$database"; done
	say "restored $name; the databases before it are kept as …_replaced until the next restore"
}

case "${1:-}" in
nightly) nightly ;;
now) dump || fail "the dump failed" ;;
list) dumps ;;
restore) restore "${2:?restore which? see: list}" ;;
healthy) is_young "$HEALTHY_MINUTES" ;;
*) fail "nightly, now, list, restore NAME or healthy" ;;
esac
