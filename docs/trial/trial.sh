#!/bin/sh
# Three servers on one address, three clients on one address, a labelled wire between them: each client reaches its own server.
# Needs Linux with user namespaces, ip, unshare and curl; no root. Everything is in namespaces of its own, and gone at the end.
# `trial.sh shell` opens a shell inside instead of ending.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
labelgate="node $root/build/dist/labelgate.js"
partitions="public internal secret"

if [ -z "${LABELGATE_TRIAL:-}" ]; then
  for tool in node unshare ip curl; do
    command -v "$tool" >/dev/null || { echo "trial: $tool is missing: apt-get install nodejs util-linux iproute2 curl" >&2; exit 1; }
  done
  if ! unshare -Urnm true 2>/dev/null; then
    echo "trial: this system refuses user namespaces: try as root, or sysctl kernel.unprivileged_userns_clone=1" >&2
    exit 1
  fi
  if [ ! -f "$root/build/dist/labelgate.js" ]; then
    echo "building, once"
    (cd "$root" && npm ci --silent && npm run --silent build)
  fi
  LABELGATE_TRIAL=1 exec unshare -Urnm --kill-child --fork --pid --mount-proc sh "$root/docs/trial/trial.sh" "$@"
fi

mount -t tmpfs none /run
for end in servers clients; do $labelgate netns up "$root/docs/trial/$end.json"; done
for end in servers clients; do
  $labelgate run --policy "$root/docs/trial/$end.json" --format text >"/run/$end.txt" 2>&1 &
done
for name in $partitions; do
  ip netns exec "lg-server-$name" node -e '
    const name = process.argv[1];
    require("node:http").createServer((request, response) => response.end(`the ${name} server\n`)).listen(8080, "::");
  ' "$name" &
done
# Both gates and the servers take a moment.
for name in $partitions; do
  ip netns exec "lg-client-$name" curl -s -o /dev/null --retry 50 --retry-delay 0 --retry-connrefused --retry-max-time 20 \
    --connect-timeout 1 http://10.66.0.1:8080/
done

node "$root/docs/trial/wire.mjs" lgw0 >/run/wire.txt 2>&1 &
sleep 1

echo
for name in $partitions; do
  for host in 10.66.0.1 '[fd66::1]'; do
    printf '%-9s at 10.66.0.2 asks %-10s and hears: ' "$name" "$host"
    ip netns exec "lg-client-$name" curl -s -m 5 "http://$host:8080/"
  done
done
sleep 1.2
echo
echo "on the wire, from the clients' gate to the servers':"
sort /run/wire.txt
echo
echo "the gate before the servers:"
tail -n 5 /run/servers.txt

if [ "${1:-}" = shell ]; then
  echo
  echo "a shell inside; try: ip netns exec lg-client-secret curl http://10.66.0.1:8080/"
  echo "node docs/trial/wire.mjs lgw0 shows the labels on the wire. exit ends it all."
  sh -i
fi
