#!/bin/sh
# Runs once, when the data volume is empty: one role and its databases for each of the two who keep data here. Neither
# is a superuser, and neither can reach the other's.
set -eu

: "${APP_DATABASE_PASSWORD:?}" "${TEMPORAL_DATABASE_PASSWORD:?}"

# The passwords come in as variables of psql, which quotes them.
psql --no-psqlrc --set=ON_ERROR_STOP=1 --quiet \
	--username="${POSTGRES_USER:-postgres}" --dbname=postgres \
	--set=app_password="$APP_DATABASE_PASSWORD" --set=temporal_password="$TEMPORAL_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE raptscallions LOGIN PASSWORD :'app_password';
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE raptscallions OWNER raptscallions;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT, TEMPORARY ON DATABASE raptscallions, temporal, temporal_visibility FROM PUBLIC;
SQL
