//! Messages as RFC 9112 has them: what frames a request, what its content is good for, what ends a connection.

use crate::support::{Client, Place, Running, head};

fn served() -> (Place, Running, u16) {
    let place = Place::with_three_games();
    place.write("alpha/1.txt", "1");
    let (running, port) = place.serve(&["alpha"]);
    (place, running, port)
}

#[test]
fn ambiguous_framing_is_refused_and_the_connection_closed() {
    let (_place, _running, port) = served();
    let smuggled = "GET /1.txt HTTP/1.1\r\nHost: x\r\n\r\n";
    for (fields, statuses) in [
        (
            "Content-Length: 4\r\nTransfer-Encoding: chunked",
            &[400][..],
        ),
        ("Transfer-Encoding: chunked\r\nContent-Length: 4", &[400]),
        ("Content-Length: 4\r\nContent-Length: 5", &[400]),
        ("Content-Length: 4, 5", &[400]),
        ("Content-Length: -1", &[400]),
        ("Content-Length: +4", &[400]),
        ("Transfer-Encoding: chunked", &[400]),
        ("Transfer-Encoding: chunked, identity", &[400]),
        ("Transfer-Encoding: gzip", &[400]),
        ("X: a\r\n folded: b", &[400]),
        ("X : a", &[400]),
        ("Host: another", &[400]),
    ] {
        let mut client = Client::connect(port);
        let fields: Vec<_> = fields.split("\r\n").collect();
        client.send(head("GET", "/1.txt", &fields));
        // A chunk that is none, and a request that must not be taken for one.
        let _ = client.try_send(format!("zz\r\n{smuggled}"));
        let status = client.answer_head().unwrap().status;
        assert!(statuses.contains(&status), "{fields:?}: {status}");
        let rest = String::from_utf8_lossy(&client.rest()).into_owned();
        assert!(!rest.contains("HTTP/1.1"), "{fields:?}: {rest}");
    }
    let mut client = Client::connect(port);
    client.send("GET /1.txt HTTP/1.1\r\n\r\n");
    assert_eq!(client.answer().status, 400, "no Host");
    client.rest();
}

#[test]
fn content_is_dropped_and_the_connection_stays_open() {
    let (_place, _running, port) = served();
    let mut client = Client::connect(port);
    for (method, length, status) in [
        ("GET", 10, 200),
        ("GET", 64 * 1024, 200),
        ("POST", 1000, 405),
        ("HEAD", 5, 200),
    ] {
        let length_field = format!("Content-Length: {length}");
        client.send(head(method, "/1.txt", &[&length_field]));
        client.send(vec![b'x'; length]);
        assert_eq!(client.answer_to(method).status, status, "{method} {length}");
    }
    assert_eq!(client.get("/1.txt").text(), "1");
}

#[test]
fn too_much_content_is_refused_and_the_connection_closed() {
    let (_place, _running, port) = served();
    let mut client = Client::connect(port);
    client.send(head("GET", "/1.txt", &["Content-Length: 65537"]));
    let answer = client.answer();
    assert_eq!(answer.status, 413);
    assert_eq!(answer.field("connection"), Some("close"));
    client.rest();
}

#[test]
fn a_client_that_goes_on_sending_gets_the_refusal_and_a_clean_end() {
    let (_place, _running, port) = served();
    let mut client = Client::connect(port);
    client.send(head("POST", "/1.txt", &["Content-Length: 10000000"]));
    assert_eq!(client.answer().status, 413);
    for _ in 0..20 {
        client.send([b'x'; 10_000]);
    }
    assert!(client.read(1).unwrap().is_empty());
}

#[test]
fn content_is_requested_only_if_it_will_be_read() {
    let (_place, _running, port) = served();
    let expects = ["Content-Length: 3", "Expect: 100-continue"];
    let mut client = Client::connect(port);
    client.send(head("GET", "/1.txt", &expects));
    assert_eq!(client.answer_head().unwrap().status, 100);
    client.send("abc");
    assert_eq!(client.answer().text(), "1");

    for (method, fields, status) in [
        ("POST", &expects[..], 405),
        (
            "GET",
            &["Content-Length: 99999999", "Expect: 100-continue"],
            413,
        ),
    ] {
        let mut client = Client::connect(port);
        client.send(head(method, "/1.txt", fields));
        assert_eq!(client.answer_head().unwrap().status, status);
        client.rest();
    }
}

#[test]
fn targets_in_four_forms_are_answered_up_to_the_longest() {
    let (_place, _running, port) = served();
    let long = format!("/{}", "x".repeat(8192));
    for (method, target, status) in [
        ("GET", "/1.txt", 200),
        ("GET", "http://example.com/1.txt", 200),
        ("GET", "http://user@example.com/1.txt", 400),
        ("OPTIONS", "*", 204),
        ("CONNECT", "example.com:80", 405),
        ("GET", "/x\x7f", 400),
        ("GET", &long[1..], 400),
        ("GET", &long, 414),
        ("BREW", "/1.txt", 501),
        ("get", "/1.txt", 501),
    ] {
        let mut client = Client::connect(port);
        client.send(head(method, target, &[]));
        let answer = client.answer_head().unwrap();
        assert_eq!(
            answer.status,
            status,
            "{method} {}",
            &target[..target.len().min(40)]
        );
    }
}
