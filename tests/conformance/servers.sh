# Starts webserver, and nginx if asked for, on a small site: sourced by run and public. Sets root, scratch, port, peer and peer_tls.
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

export XDG_STATE_HOME=$scratch/state XDG_DATA_HOME=$scratch/data XDG_CACHE_HOME=$scratch/cache

start_webserver() {
  if [[ -z ${WEBSERVER_BIN:-} ]]; then
    cargo build --locked --quiet
    target=$(cargo metadata --format-version 1 --no-deps --locked | node -p 'JSON.parse(fs.readFileSync(0)).target_directory')
    WEBSERVER_BIN=$target/debug/webserver
  fi

  site=$scratch/site
  mkdir -p "$site/levels"
  # nginx, started by root, reads as another user.
  chmod 755 "$scratch" "$site" "$site/levels"
  printf '<!doctype html><html lang="en"><meta charset="utf-8"><title>Game</title>' >"$site/index.html"
  printf '<p>Play level %s.\n' {1..40} >>"$site/index.html"
  cp "$site/index.html" "$site/levels"
  printf 0123456789 >"$site/digits.txt"
  printf "the probe's answer" >"$site/probe.txt"
  printf 'console.log("level %s");\n' {1..40} >"$site/main.js"
  gzip --keep "$site/main.js"
  printf '0123456789\n' >"$site/eleven.txt"
  : >"$site/empty.txt"
  printf '[%s]' "$(echo {1..200} | tr ' ' ,)" >"$site/levels/1 + 1.json"

  touch "$scratch/webserver.log"
  "$WEBSERVER_BIN" 0 "$site" --host 127.0.0.1 --log off >"$scratch/webserver.log" 2>&1 &
  started+=($!)
  for _ in {1..1200}; do
    port=$(sed -n 's/.*http:\/\/[^:]*:\([0-9]*\).*/\1/p' "$scratch/webserver.log" | head -1)
    [[ -n $port ]] && return
    sleep 0.05
  done
  cat "$scratch/webserver.log" >&2
  exit 1
}

free_port() {
  node -e 'const s = net.createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

start_nginx() {
  command -v nginx >/dev/null || { echo "$0: please install nginx, then run this again" >&2; exit 1; }
  peer=$(free_port)
  peer_tls=$(free_port)
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$scratch/key.pem" -out "$scratch/certificate.pem" 2>/dev/null
  sed "s|SCRATCH|$scratch|g; s|PORT|$peer|; s|TLS|$peer_tls|" "$here/nginx.conf" >"$scratch/nginx.conf"
  nginx -c "$scratch/nginx.conf" &
  started+=($!)
}
