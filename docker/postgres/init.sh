#!/bin/sh
# Creates a role with its databases for the application and for Temporal. Neither role is a superuser, and neither can
# reach the other's databases. PostgreSQL's image runs this script when the data volume is empty. It creates only what is
# missing, so that you can run it again by hand after a failure.
set -eu

: "${APP_DATABASE_PASSWORD:?}" "${TEMPORAL_DATABASE_PASSWORD:?}"

# Hides notices about objects that do not exist.
export PGOPTIONS='-c client_min_messages=warning'
# The passwords are psql variables, which psql quotes.
psql --no-psqlrc --set=ON_ERROR_STOP=1 --quiet --tuples-only --no-align \
	--username="${POSTGRES_USER:-postgres}" --dbname=postgres \
	--set=app_password="$APP_DATABASE_PASSWORD" --set=temporal_password="$TEMPORAL_DATABASE_PASSWORD" <<'SQL'
SELECT format('CREATE ROLE raptscallions LOGIN PASSWORD %L', :'app_password')
WHERE to_regrole('raptscallions') IS NULL \gexec
SELECT format('CREATE ROLE temporal LOGIN PASSWORD %L', :'temporal_password')
WHERE to_regrole('temporal') IS NULL \gexec

SELECT format('CREATE DATABASE %I OWNER temporal', name)
FROM unnest(ARRAY['temporal', 'temporal_visibility']) AS name
WHERE name NOT IN (SELECT datname FROM pg_database) \gexec
REVOKE CONNECT, TEMPORARY ON DATABASE temporal, temporal_visibility FROM PUBLIC;

-- Last, and under its name only when it is ready: the health check of the service asks for this database.
SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = 'raptscallions') AS is_missing \gset
\if :is_missing
DROP DATABASE IF EXISTS raptscallions_new;
CREATE DATABASE raptscallions_new OWNER raptscallions;
REVOKE CONNECT, TEMPORARY ON DATABASE raptscallions_new FROM PUBLIC;
ALTER DATABASE raptscallions_new RENAME TO raptscallions;
\endif
SQL
