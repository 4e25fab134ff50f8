#!/bin/sh
# Creates Temporal's tables, or migrates them to the version of this image. Repeating it changes nothing, so it runs at
# every start, and an upgrade only needs a new image tag.
set -eu

apply() {
	database=$1
	folder=$2
	temporal-sql-tool --plugin "$SQL_PLUGIN" --endpoint "$SQL_HOST" --port "$SQL_PORT" --user "$SQL_USER" \
		--password "$SQL_PASSWORD" --database "$database" setup-schema --version 0.0
	temporal-sql-tool --plugin "$SQL_PLUGIN" --endpoint "$SQL_HOST" --port "$SQL_PORT" --user "$SQL_USER" \
		--password "$SQL_PASSWORD" --database "$database" update-schema --schema-dir "$SCHEMA_DIR/$folder/versioned"
}

apply temporal temporal
apply temporal_visibility visibility
