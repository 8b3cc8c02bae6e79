//! The examples of docs/hosting.md behind Debian's nginx and HAProxy.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::{Client, Place, Running, in_time, not_tested, resolve};

/// A client that is not the proxy's address.
const CLIENT: [u8; 4] = [127, 0, 0, 9];

/// A proxy that runs with an example.
struct Proxy {
    process: Child,
    port: u16,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Proxy {
    /// A connection from [`CLIENT`].
    fn connect(&self) -> Client {
        Client::over(connection(self.port).unwrap()).unwrap()
    }
}

fn connection(port: u16) -> std::io::Result<TcpStream> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((CLIENT, 0)).into())?;
    socket.connect(&SocketAddr::from(([127, 0, 0, 1], port)).into())?;
    Ok(socket.into())
}

/// The examples of the document in this language.
fn examples(language: &str) -> Vec<String> {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/hosting.md");
    let document = fs::read_to_string(document).unwrap();
    let fence = format!("```{language}\n");
    let blocks = document.split(&fence).skip(1);
    blocks
        .map(|block| block.split_once("```").unwrap().0.to_owned())
        .collect()
}

/// The program, which may be where only root looks.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    let found = { folders }
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        not_tested(&format!(
            "the {name} examples of docs/hosting.md: {name} is not installed"
        ));
    }
    found
}

/// Starts a proxy until one has a port: another program may take it between the look and the start.
fn start(command: impl Fn(u16) -> Command) -> Proxy {
    for _ in 0..5 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut process = command(port).stdout(Stdio::null()).spawn().unwrap();
        let up = in_time(|| {
            let has_ended = process.try_wait().unwrap().is_some();
            let is_up = connection(port).is_ok();
            (has_ended || is_up).then_some(is_up && !has_ended)
        });
        let proxy = Proxy { process, port };
        if up == Some(true) {
            return proxy;
        }
    }
    panic!("the proxy does not start");
}

fn nginx(program: &Path, place: &Place, game: u16) -> Proxy {
    // The second one is for an arcade with a domain and a certificate.
    let example = examples("nginx").remove(0);
    start(|port| {
        let server = example
            .replace("listen 80;", &format!("listen 127.0.0.1:{port};"))
            .replace("127.0.0.1:8080", &format!("127.0.0.1:{game}"));
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {kind};"))
            .concat();
        let config = format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr;\n\
             events {{}}\nhttp {{ access_log off; {folders}\n{server}}}\n"
        );
        place.write("nginx.conf", config);
        let mut command = Command::new(program);
        let folder = place.path("");
        command
            .arg("-p")
            .arg(folder)
            .args(["-c", "nginx.conf", "-e", "stderr"]);
        command
    })
}

fn haproxy(program: &Path, place: &Place, (game, example): (u16, &str)) -> Proxy {
    start(|port| {
        let config = example
            .replace("bind :80", &format!("bind 127.0.0.1:{port}"))
            .replace("127.0.0.1:8080", &format!("127.0.0.1:{game}"));
        place.write("haproxy.cfg", config);
        let mut command = Command::new(program);
        command
            .args(["-db", "-q", "-f"])
            .arg(place.path("haproxy.cfg"));
        command
    })
}

fn place() -> Place {
    let place = Place::with_three_games_and("[site]\nlive = true");
    place.write("alpha/index.html", "<html><head></head>alpha</html>");
    place.write("alpha/levels/index.html", "levels");
    place
}

fn serve(place: &Place) -> (Running, u16) {
    place.serve(&["alpha", "--log", "text"])
}

/// The values of an attribute of a page.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!("{name}=\"");
    let values = page.split(start.as_str()).skip(1);
    values.map(|rest| rest.split('"').next().unwrap()).collect()
}

/// Everything that a proxy may break, at a prefix.
fn assert_plays(proxy: &Proxy, running: &Running, prefix: &str) {
    let mut client = proxy.connect();
    let page_fields = ["Accept: text/html"];
    let page = client.request("GET", prefix, &page_fields);
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    assert!(text.contains("alpha"), "{text}");
    let script = attributes(&text, "src")
        .into_iter()
        .find(|src| src.ends_with("live.js"));
    let script = resolve(prefix, script.unwrap());
    assert!(script.starts_with(prefix), "{script}");
    assert_eq!(client.get(&script).status, 200, "{script}");
    let events = resolve(&script, "events");
    let mut stream = proxy.connect();
    stream.send(crate::support::head("GET", &events, &[]));
    let events = stream.answer_head().unwrap();
    assert_eq!(events.field("content-type"), Some("text/event-stream"));

    let folder = format!("{prefix}levels");
    let redirect = client.get(&format!("{folder}?a=1"));
    let location = redirect.field("location").unwrap();
    assert_eq!(resolve(&folder, location), format!("{prefix}levels/?a=1"));

    let missing = format!("{prefix}deep/down/nothing.html");
    let not_found = client.request("GET", &missing, &page_fields);
    assert_eq!(not_found.status, 404);
    let text = not_found.text();
    let links = attributes(&text, "href");
    let links: Vec<_> = links
        .into_iter()
        .map(|link| resolve(&missing, link))
        .collect();
    assert!(links.contains(&prefix.to_owned()), "{links:?} {text}");

    let cookies = page
        .fields("set-cookie")
        .map(|set| set.split(';').next().unwrap());
    let cookies = format!("Cookie: {}", cookies.collect::<Vec<_>>().join("; "));
    let again = client.request("GET", prefix, &[page_fields[0], &cookies]);
    assert_eq!(again.status, 200);
    assert_eq!(
        again.field("set-cookie"),
        None,
        "the cookies come back whole"
    );
    running.until_err("the client in the log", |err| err.contains("127.0.0.9  "));

    let forged = format!("forged-{}", prefix.len());
    let stated = ["Forwarded: for=203.0.113.7"];
    client.request("GET", &format!("{prefix}{forged}"), &stated);
    running.until_err("the client that the proxy states", |err| {
        let mut lines = err.lines();
        lines.any(|line| line.contains(&forged) && line.contains("127.0.0.9  "))
    });
}

#[test]
fn a_game_plays_behind_nginx_with_the_example_at_any_prefix() {
    let Some(program) = program("nginx") else {
        return;
    };
    let place = place();
    let (running, game) = serve(&place);
    let proxy = nginx(&program, &place, game);
    for prefix in ["/", "/games/x/"] {
        assert_plays(&proxy, &running, prefix);
    }
    let status = place.run(&["status"]).with_code(0).out;
    assert!(status.contains(" browser"), "{status}");
}

#[test]
fn a_game_plays_behind_haproxy_with_the_example_at_any_prefix() {
    let Some(program) = program("haproxy") else {
        return;
    };
    let [http, _] = examples("haproxy").try_into().unwrap();
    let place = place();
    let (running, game) = serve(&place);
    let proxy = haproxy(&program, &place, (game, &http));
    for prefix in ["/", "/games/x/"] {
        assert_plays(&proxy, &running, prefix);
    }
}

#[test]
fn haproxy_states_the_client_by_proxy_protocol_of_both_versions() {
    let Some(program) = program("haproxy") else {
        return;
    };
    let [_, tcp] = examples("haproxy").try_into().unwrap();
    assert!(tcp.contains("send-proxy-v2"));
    for example in [tcp.clone(), tcp.replace("send-proxy-v2", "send-proxy")] {
        let place = Place::with_three_games_and("[limits]\nproxy_protocol = true");
        let (running, game) = serve(&place);
        let proxy = haproxy(&program, &place, (game, &example));
        let mut client = proxy.connect();
        assert_eq!(client.get("/").text(), "alpha", "{example}");
        running.until_err("the client in the log", |err| err.contains("127.0.0.9  "));
    }
}
