//! Bad input over HTTP: a clear refusal, bounded memory, and other clients served meanwhile.
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::served::Served;
use crate::world::{Engine, POOL, World};

const JSON: &str = "application/json";
const ROWS: &str = "application/x-ndjson";
/// What the server may have held at most, whatever came: four times what bodies may hold, which is
/// 256 MiB by itself. The corpus alone hands it more.
const MEMORY_MAX_KB: u64 = 1_000 << 10;

fn good(id: &str) -> String {
    format!(
        "{{\"event_id\":\"{id}\",\"time\":\"2026-06-01T10:00:00Z\",\"work\":\"w1\",\
         \"viewer\":\"u1\",\"watch_ms\":9000}}"
    )
}

fn with(field: &str, raw: &str) -> Vec<u8> {
    let mut text = good("e1");
    text.pop();
    format!("{text},\"{field}\":{raw}}}").into_bytes()
}

/// Most memory that a process ever held.
fn peak_kb(served: &Served) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.child.id()));
    let status = status.expect("the process");
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("its peak");
    line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("a number")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("gzip");
    encoder.finish().expect("gzip")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 19).expect("zstd")
}

/// A body that is no good: its name, headers, bytes, and the statuses and codes that may come.
struct Case {
    name: &'static str,
    media: &'static str,
    encoding: &'static str,
    body: Vec<u8>,
    status: u16,
    code: &'static str,
}

fn case(name: &'static str, media: &'static str, body: Vec<u8>, code: &'static str) -> Case {
    let status = match code {
        "too_large" => 413,
        "unsupported_media_type" => 415,
        "bad_request" => 400,
        "" => 200,
        _ => 422,
    };
    Case { name, media, encoding: "", body, status, code }
}

fn packed(name: &'static str, encoding: &'static str, body: Vec<u8>, code: &'static str) -> Case {
    Case { encoding, ..case(name, ROWS, body, code) }
}

fn corpus() -> Vec<Case> {
    let zeros = vec![b'0'; 1 << 30];
    let lines = "\n".repeat(64 << 20).into_bytes();
    let row = format!("{}\n", good("e1"));
    let rows = row.repeat((40 << 20) / row.len());
    let deep = |pair: [&str; 2]| format!("{}1{}", pair[0].repeat(500_000), pair[1].repeat(500_000));
    let digits = "9".repeat(1_000_000);
    let long = format!("\"{}\"", "i".repeat(1 << 20));
    let many_keys: String = (0..200_000).map(|n| format!("\"k{n}\":1,")).collect();
    let wide = format!("{{{}\"z\":1}}", many_keys).into_bytes();
    let once_more = gzip(&gzip(&zeros[..(100 << 20)]));
    vec![
        packed("a gzip bomb", "gzip", gzip(&zeros), "too_large"),
        packed("a zstd bomb", "zstd", zstd(&zeros), "too_large"),
        packed("a bomb of empty lines", "gzip", gzip(&lines), "too_large"),
        packed("a bomb of good rows", "zstd", zstd(rows.as_bytes()), "too_large"),
        packed("a bomb in a bomb", "gzip", once_more, "bad_request"),
        packed("gzip cut off", "gzip", gzip(row.as_bytes())[..20].to_vec(), "bad_request"),
        packed("no gzip", "gzip", row.clone().into_bytes(), "bad_request"),
        packed("no zstd", "zstd", row.clone().into_bytes(), "bad_request"),
        packed(
            "an encoding of one's own",
            "br",
            row.clone().into_bytes(),
            "unsupported_media_type",
        ),
        packed("two encodings", "gzip, zstd", row.clone().into_bytes(), "unsupported_media_type"),
        case("40 MiB", ROWS, rows.into_bytes(), "too_large"),
        case("nothing", ROWS, Vec::new(), "bad_request"),
        case("no JSON", JSON, b"hello".to_vec(), "all_refused"),
        case("an array that does not end", JSON, b"[{},{}".to_vec(), "all_refused"),
        case("a deep array", JSON, deep(["[", "]"]).into_bytes(), "all_refused"),
        case("a deep object", JSON, deep(["{\"a\":", "}"]).into_bytes(), "all_refused"),
        case("a deep value of a row", ROWS, with("work", &deep(["[", "]"])), "all_refused"),
        case("a million digits", ROWS, with("share", &digits), "all_refused"),
        case("a large exponent", ROWS, with("watch_ms", "1e1000000000"), "all_refused"),
        case("beyond 64 bits", ROWS, with("watch_ms", "99999999999999999999"), "all_refused"),
        case("an id of 1 MiB", ROWS, with("creator", &long), "all_refused"),
        case("a lone surrogate", ROWS, with("creator", "\"\\ud800\""), "all_refused"),
        case("no UTF-8", ROWS, b"{\"work\":\"\xff\xfe\"}".to_vec(), "all_refused"),
        case("nought bytes", ROWS, vec![0; 4096], "all_refused"),
        case("200,000 keys", ROWS, wide, "all_refused"),
        case("another's type", "text/html", b"<p>".to_vec(), "unsupported_media_type"),
        case("a good row among bad", ROWS, [row.as_bytes(), b"{\n\xff\n"].concat(), ""),
    ]
}

#[test]
fn bad_bodies_are_refused_and_others_served_meanwhile() {
    let world = World::small(Engine::Sqlite, POOL);
    let served = Served::start(&world, &["--workers", "0", "--senders", "0"]);
    let over = AtomicBool::new(false);
    let (served, over) = (&served, &over);
    std::thread::scope(|scope| {
        let other = scope.spawn(move || {
            let (mut count, mut slowest) = (0, Duration::ZERO);
            while !over.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let got = served.post("/v1/events", ROWS, &good(&format!("other-{count}")));
                assert_eq!(got.status, 200, "another client: {got:?}");
                slowest = slowest.max(begun.elapsed());
                count += 1;
                std::thread::sleep(Duration::from_millis(5));
            }
            (count, slowest)
        });
        let corpus = scope.spawn(move || {
            let mut wrong = Vec::new();
            for case in corpus() {
                let headers = [("Content-Type", case.media), ("Content-Encoding", case.encoding)];
                let got = served.call("POST", "/v1/events", &headers, &case.body);
                let shown: String = got.text.chars().take(300).collect();
                let code = if got.status < 400 {
                    String::new()
                } else {
                    got.json()["code"].as_str().unwrap_or_default().to_owned()
                };
                // A refusal is short, whatever came.
                if got.status != case.status || code != case.code || got.text.len() > 20_000 {
                    wrong.push(format!("{}: {} {shown}", case.name, got.status));
                }
            }
            assert!(wrong.is_empty(), "{wrong:#?}");
            // Many at once: what they hold together is bounded.
            let bomb = zstd(&vec![b'0'; 200 << 20]);
            std::thread::scope(|scope| {
                for _ in 0..32 {
                    scope.spawn(|| {
                        let headers = [("Content-Type", ROWS), ("Content-Encoding", "zstd")];
                        let got = served.call("POST", "/v1/events", &headers, &bomb);
                        assert!([413, 503].contains(&got.status), "{got:?}");
                    });
                }
            });
        });
        let failed = corpus.join();
        over.store(true, Ordering::Relaxed);
        let (count, slowest) = other.join().expect("another client");
        assert!(failed.is_ok(), "see above");
        println!("{count} other requests; the slowest took {slowest:?}");
        assert!(count > 20 && slowest < Duration::from_secs(5), "{count} in at most {slowest:?}");
    });
    let peak = peak_kb(served);
    println!("peak {peak} KiB");
    assert!(peak < MEMORY_MAX_KB, "the server held {peak} KiB");
}

/// Requests that are no HTTP, or more of it than is taken: each is answered or cut off.
#[test]
fn bad_heads_are_refused() {
    let world = World::small(Engine::Sqlite, POOL);
    let served = Served::start(&world, &["--workers", "0", "--senders", "0"]);
    let address = served.base.trim_start_matches("http://").to_owned();
    let long = "a".repeat(100_000);
    let host = format!("Host: {address}\r\n");
    let cases: Vec<(&str, String, &[&str])> = vec![
        ("no HTTP", "hello\r\n\r\n".to_owned(), &["400"]),
        ("a long path", format!("GET /{long} HTTP/1.1\r\n{host}\r\n"), &["404", "414", "431"]),
        ("a long header", format!("GET /healthz HTTP/1.1\r\n{host}A: {long}\r\n\r\n"), &["431"]),
        (
            "two lengths",
            format!(
                "POST /v1/events HTTP/1.1\r\n{host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n"
            ),
            &["400"],
        ),
        (
            "length and chunks",
            format!(
                "POST /healthz HTTP/1.1\r\n{host}Content-Length: 3\r\n\
                 Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            &["400", "405"],
        ),
        (
            "a negative length",
            format!("GET /healthz HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n"),
            &["400"],
        ),
        (
            "a nought byte in a header",
            format!("GET /healthz HTTP/1.1\r\n{host}A: \0\r\n\r\n"),
            &["400"],
        ),
        ("out of the root", format!("GET /../etc/passwd HTTP/1.1\r\n{host}\r\n"), &["404"]),
        (
            "2,000 headers",
            format!("GET /healthz HTTP/1.1\r\n{host}{}\r\n", "a: b\r\n".repeat(2_000)),
            &["431"],
        ),
    ];
    for (name, request, expected) in cases {
        let mut stream = TcpStream::connect(&address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out");
        stream.write_all(request.as_bytes()).ok();
        let mut answer = vec![0; 4_096];
        let read = stream.read(&mut answer).unwrap_or(0);
        let answer = String::from_utf8_lossy(&answer[..read]);
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(expected.contains(&status), "{name}: {answer:?}");
    }
    assert_eq!(served.get("/healthz").status, 200);
}

/// 1,000 connections that send a byte now and then, half of them in a body.
#[test]
fn slow_connections_shut_nobody_out() {
    let world = World::small(Engine::Sqlite, POOL);
    let served = Served::start(&world, &["--workers", "0", "--senders", "0"]);
    let address = served.base.trim_start_matches("http://").to_owned();
    let mut slow: Vec<TcpStream> = (0..1_000)
        .map(|number| {
            let mut stream = TcpStream::connect(&address).expect("a connection");
            // The last say nothing at all, or only what HTTP/2 would begin with.
            let head = if number >= 900 {
                ["", "PRI"][number % 2].to_owned()
            } else if number % 2 == 0 {
                "GET /healthz HTTP/1.1\r\nHost: a\r\n".to_owned()
            } else {
                format!(
                    "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\
                     Content-Type: {ROWS}\r\nContent-Length: 1000000\r\n\r\n{{",
                    served.key
                )
            };
            stream.write_all(head.as_bytes()).expect("a part of a request");
            stream.set_nonblocking(true).expect("not to wait");
            stream
        })
        .collect();
    let begun = Instant::now();
    let (mut count, mut slowest) = (0, Duration::ZERO);
    // Longer than the server waits for a request.
    while begun.elapsed() < Duration::from_secs(26) {
        let at = Instant::now();
        let got = served.post("/v1/events", ROWS, &good(&format!("other-{count}")));
        assert_eq!(got.status, 200, "{got:?}");
        slowest = slowest.max(at.elapsed());
        count += 1;
        for stream in &mut slow[..900] {
            // Those that were cut off refuse it.
            stream.write_all(b"x").ok();
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let mut open = 0;
    for stream in &mut slow {
        let mut rest = Vec::new();
        let still = matches!(stream.read_to_end(&mut rest),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock);
        open += usize::from(still);
    }
    println!("{count} other requests; the slowest took {slowest:?}; {open} slow ones still open");
    assert_eq!(open, 0, "slow connections are cut off");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}
