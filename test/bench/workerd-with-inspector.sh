#!/bin/sh
# Starts workerd as miniflare does, and with an inspector on a free port (test/bench/isolate.ts).
shift
exec "$CONCORD_WORKERD" serve --inspector-addr=127.0.0.1:0 "$@"
