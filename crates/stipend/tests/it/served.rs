//! A server on a world's data folder, and a client that calls it.
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::world::World;

/// A running `stipend serve`; ended with SIGKILL when dropped.
pub(crate) struct Served {
    pub child: Child,
    pub base: String,
    pub key: String,
    pub log: Arc<Mutex<String>>,
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Got {
    pub status: u16,
    pub text: String,
    pub headers: Vec<(String, String)>,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Served {
    /// Starts a server with these words after `serve`, and makes an admin's key.
    pub(crate) fn start(world: &World, words: &[&str]) -> Served {
        let key = world.ok(&["key", "make", "--name", "test", "--role", "admin"]);
        let mut command = world.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(words);
        Served::of(command, key.trim())
    }

    pub(crate) fn of(mut command: Command, key: &str) -> Served {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the server starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (sender, receiver) = std::sync::mpsc::channel();
        let errors = BufReader::new(child.stderr.take().expect("its log"));
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("listening on ") {
                    let base = rest.split(';').next().unwrap_or_default().to_owned();
                    sender.send(base).ok();
                }
                let mut kept = kept.lock().expect("the log");
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let base = receiver.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| {
            child.kill().ok();
            panic!("the server did not listen: {}", log.lock().expect("the log"))
        });
        Served { child, base, key: key.to_owned(), log }
    }

    pub(crate) fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Got {
        self.try_call(method, path, headers, body).expect("an answer")
    }

    /// Calls; an error when the connection breaks.
    pub(crate) fn try_call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Got, ureq::Error> {
        let key = format!("Bearer {}", self.key);
        let mut all = vec![("Authorization", key.as_str())];
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
        request(method, &format!("{}{path}", self.base), &all, body)
    }

    pub(crate) fn get(&self, path: &str) -> Got {
        self.call("GET", path, &[], b"")
    }

    pub(crate) fn post(&self, path: &str, media: &str, body: &str) -> Got {
        self.call("POST", path, &[("Content-Type", media)], body.as_bytes())
    }

    /// Settles through a day and waits for it.
    pub(crate) fn settle(&self, program: &str, through: &str) -> Value {
        let headers = [("Content-Type", "application/json"), ("Prefer", "wait=60")];
        let body = format!("{{\"through\":\"{through}\"}}");
        let path = format!("/v1/programs/{program}/settlements");
        let got = self.call("POST", &path, &headers, body.as_bytes());
        assert_eq!(got.status, 200, "{got:?}\n{}", self.log.lock().expect("the log"));
        got.json()
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("its state") {
                let log = self.log.lock().expect("the log").clone();
                assert!(status.success(), "{status}: {log}");
                return log;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server did not stop");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// One request on a connection of its own.
pub(crate) fn request(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Got, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .timeout_global(Some(Duration::from_secs(90)))
        .build()
        .into();
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent.run(request.body(body.to_vec()).expect("a request"))?;
    let headers = response.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
        .collect();
    let status = response.status().as_u16();
    let text = response.body_mut().with_config().limit(100 << 20).read_to_string()?;
    Ok(Got { status, text, headers })
}
