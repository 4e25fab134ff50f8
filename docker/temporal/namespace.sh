#!/bin/sh
# Creates the namespace if it is missing. The worker registers search attributes and schedules itself.
set -eu

: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}" "${RETENTION:?}"
# A server that has just opened its port may need some more seconds until it is ready.
WAIT_SECONDS=${WAIT_SECONDS:-60}
# One request. The program gives up after ten seconds and prints the reason.
ASK_SECONDS=${ASK_SECONDS:-20}

deadline=$(($(date +%s) + WAIT_SECONDS))
until why=$(timeout "$ASK_SECONDS" temporal operator cluster health 2>&1); do
	if [ "$(date +%s)" -ge "$deadline" ]; then
		echo "Temporal at $TEMPORAL_ADDRESS is not healthy after $WAIT_SECONDS seconds: ${why:-no answer within $ASK_SECONDS seconds}" >&2
		exit 1
	fi
	sleep 2
done

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
	echo "namespace $TEMPORAL_NAMESPACE is there"
else
	temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi
