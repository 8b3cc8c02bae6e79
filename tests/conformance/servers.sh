# Starts webserver, and nginx if asked for, on a small site: sourced by run and public. Sets root, scratch, port and peer.
root=$(cd "$here/../.." && pwd)
cd "$root"

scratch=$(mktemp -d)
started=()
finish() {
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  wait
  rm -rf "$scratch"
}
trap finish EXIT

start_webserver() {
  if [[ -z ${WEBSERVER_BIN:-} ]]; then
    cargo build --locked --quiet
    target=$(cargo metadata --format-version 1 --no-deps --locked | node -p 'JSON.parse(fs.readFileSync(0)).target_directory')
    WEBSERVER_BIN=$target/debug/webserver
  fi

  site=$scratch/site
  mkdir "$site"
  # nginx, started by root, reads as another user.
  chmod 755 "$scratch" "$site"
  printf '<!doctype html><html lang="en"><meta charset="utf-8"><title>Game</title><p>Play.\n' >"$site/index.html"
  printf 0123456789 >"$site/digits.txt"
  printf "the probe's answer" >"$site/probe.txt"
  printf 'console.log("a game");\n' >"$site/main.js"

  "$WEBSERVER_BIN" 0 "$site" --host 127.0.0.1 --log off >"$scratch/webserver.log" 2>&1 &
  started+=($!)
  for _ in {1..200}; do
    port=$(sed -n 's/.*http:\/\/[^:]*:\([0-9]*\).*/\1/p' "$scratch/webserver.log" | head -1)
    [[ -n $port ]] && return
    sleep 0.05
  done
  cat "$scratch/webserver.log" >&2
  exit 1
}

start_nginx() {
  command -v nginx >/dev/null || { echo "$0: please install nginx, then run this again" >&2; exit 1; }
  peer=$(node -e 'const s = net.createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  sed "s|SCRATCH|$scratch|g; s|PORT|$peer|" "$here/nginx.conf" >"$scratch/nginx.conf"
  nginx -c "$scratch/nginx.conf" &
  started+=($!)
}
