#!/bin/sh
# Makes the namespace when it is missing. Search attributes and schedules are the worker's own work.
set -eu

: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}" "${RETENTION:?}"

# A server that has just opened its port may need some seconds more to agree with itself.
tries=30
until temporal operator cluster health >/dev/null 2>&1; do
	tries=$((tries - 1))
	if [ "$tries" -eq 0 ]; then
		echo "Temporal at $TEMPORAL_ADDRESS is not healthy" >&2
		exit 1
	fi
	sleep 2
done

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
	echo "namespace $TEMPORAL_NAMESPACE is there"
else
	temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi
