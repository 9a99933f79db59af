#!/bin/sh
# Tests a handler of Netcore's webhook in any pipeline that has a shell. It ends with 0 when all is
# well, and with the exit code of the first command that is not.
set -eu

export PORT="${PORT:-3000}" WEBHOOK_AUTH="${WEBHOOK_AUTH:-netcore:secret}"
export LISTENER_PORT="${LISTENER_PORT:-4400}"
export PASS_ON_TO="http://127.0.0.1:$LISTENER_PORT/"
hook=":$PORT/webhooks/netcore"

node handler.js > handler.log 2>&1 &
handler=$!
# Whatever fails, nothing goes on; and that they have ended already is no failure.
listener=
trap 'kill "$handler" $listener 2>/dev/null || true' EXIT

npx netcore-hook test-endpoint "$hook" --auth "$WEBHOOK_AUTH" --wait 30s
npx netcore-hook send --channel all --event all --to "$hook" --auth "$WEBHOOK_AUTH"

rm -f ready.json
npx netcore-hook listen --port "$LISTENER_PORT" --channel rcs --event click \
  --exit-after 1 --wait 30s --ready-file ready.json &
listener=$!
until [ -f ready.json ]; do kill -0 "$listener"; sleep 0.1; done
npx netcore-hook send --channel rcs --event click --to "$hook" --auth "$WEBHOOK_AUTH"
wait "$listener"
