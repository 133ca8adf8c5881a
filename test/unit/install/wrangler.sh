#!/bin/sh
# Stands in for wrangler: writes down what it was called with, remembers what was made, and fails when it is told to.
state="$WRANGLER_STATE"
echo "$*" >> "$state/calls"
count=$(wc -l < "$state/calls" | tr -d ' ')
if [ "$count" = "$WRANGLER_FAILS_AT" ]; then
  # Half of the failures come after it took effect.
  [ "$WRANGLER_FAILS" = "before" ] && { echo "the network is down" >&2; exit 1; }
fi
code=0
# Buckets of another jurisdiction are others.
place=""
case "$*" in *"--jurisdiction eu"*) place="@eu" ;; esac
case "$1 $2 $3" in
  "whoami --json "*) [ -f "$state/signed-out" ] && code=1 || echo '{"loggedIn":true}' ;;
  "d1 list --json") echo "some words before"
    if [ -f "$state/d1" ]; then echo "[{\"name\":\"other\",\"uuid\":\"00000000-0000-4000-8000-000000000001\"},{\"name\":\"$(cat "$state/d1")\",\"uuid\":\"12345678-1234-4234-8234-123456789abc\"}]"; else echo "[]"; fi ;;
  "d1 create "*) [ -f "$state/d1" ] && { echo "already exists" >&2; code=1; } || printf '%s' "$3" > "$state/d1" ;;
  "d1 migrations apply") [ -f "$state/d1" ] || code=1 ;;
  "r2 bucket info") [ -f "$state/r2-$4$place" ] || code=1 ;;
  "r2 bucket create") [ -f "$state/r2-$4$place" ] && { echo "already exists" >&2; code=1; } || touch "$state/r2-$4$place" ;;
  "queues info "*) if [ -f "$state/queue-$3" ]; then cat "$state/queue-$3"; else code=1; fi ;;
  "queues create "*) [ -f "$state/queue-$3" ] && code=1 || echo "${place:+Jurisdiction: eu}" > "$state/queue-$3" ;;
  "secret list --format") if [ -f "$state/deployed" ]; then cat "$state/secrets"; else echo "This Worker does not exist on your account. [code: 10007]" >&2; code=1; fi ;;
  "deploy "*) touch "$state/deployed"
    if [ "$2" = "--secrets-file" ]; then
      cp "$3" "$state/uploaded"
      tr ',' '\n' < "$3" | sed -n 's/.*"\([A-Z_]*\)":.*/{"name":"\1"}/p' | paste -sd, - | sed 's/^/[/;s/$/]/' > "$state/secrets"
    fi ;;
  *) echo "unknown: $*" >&2; code=2 ;;
esac
if [ "$count" = "$WRANGLER_FAILS_AT" ]; then echo "the answer was lost" >&2; exit 1; fi
exit $code
