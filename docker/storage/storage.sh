#!/bin/sh
# Starts the S3 server. A bucket is a folder.
set -eu

if [ -z "${ROOT_ACCESS_KEY_ID:-}" ] || [ -z "${ROOT_SECRET_ACCESS_KEY:-}" ]; then
	echo "The profile storage has no keys in docker/.env. Add it with: scripts/setup-env --profiles backup,storage" >&2
	exit 1
fi
mkdir -p /objects/exports
# --sidecar, because not every file system has extended attributes. versitygw refuses a folder whose name begins like the
# data folder's.
exec /usr/local/bin/versitygw --port :7070 --health /health posix --sidecar /metadata /objects
