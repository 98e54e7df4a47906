//! A program of others that runs beside a test and prints lines of JSON.
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::world::{python, root};

/// The program, ended when dropped.
pub(crate) struct Sink {
    child: Child,
    /// Its first line: where it is.
    pub begun: Value,
    lines: Receiver<Value>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Sink {
    /// Starts a program and waits for its first line.
    pub(crate) fn of(mut command: Command) -> Sink {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let out = child.stdout.take().expect("its output");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // Some talk a little besides.
                if let Ok(value) = serde_json::from_str(&line) {
                    sender.send(value).ok();
                }
            }
        });
        let mut sink = Sink { child, begun: Value::Null, lines };
        sink.begun = sink.next().expect("its first line");
        sink
    }

    /// Starts a judge of Python.
    pub(crate) fn judge(name: &str, words: &[&str]) -> Sink {
        let mut command = python();
        command.arg(root().join("judges").join(name)).args(words);
        Sink::of(command)
    }

    /// The port that it listens on.
    pub(crate) fn port(&self) -> u64 {
        self.begun["port"].as_u64().expect("a port")
    }

    /// What came next; nothing when nothing came for a while.
    pub(crate) fn next(&mut self) -> Option<Value> {
        self.within(Duration::from_secs(20))
    }

    pub(crate) fn within(&mut self, time: Duration) -> Option<Value> {
        self.lines.recv_timeout(time).ok()
    }
}
