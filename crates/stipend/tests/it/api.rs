//! The API against its own description, by programs that others wrote.
use std::process::{Command, Stdio};

use crate::served::Served;
use crate::world::{ENGINES, POOL, World, python, root};

/// Cases for each route. The long count is run by hand: STIPEND_API_EXAMPLES=200.
fn examples() -> String {
    std::env::var("STIPEND_API_EXAMPLES").unwrap_or_else(|_| "10".to_owned())
}

fn judge(name: &str) -> Command {
    let path = std::path::PathBuf::from(python().get_program()).with_file_name(name);
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    command
}

#[test]
fn the_description_is_openapi() {
    let path = root().join("docs/reference/openapi.json");
    let output = judge("openapi-spec-validator").arg(path).output().expect("the validator");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// schemathesis, all checks, stateful, on both databases: no 5xx, nothing that the description
/// does not say.
#[test]
fn the_server_keeps_its_description() {
    for engine in ENGINES {
        let world = World::bare(engine);
        let mut command = world.command();
        command.args(["serve", "--sandbox", "--listen", "127.0.0.1:0"]);
        let mut served = Served::of(command, "");
        let key = world.data().join("sandbox.key");
        served.key = std::fs::read_to_string(key).expect("the sandbox's key");
        let rows = include_str!("../../../web/src/examples/events.ndjson");
        assert_eq!(served.post("/v1/events", "application/x-ndjson", rows).status, 200);
        served.settle("sandbox", "2026-06-01");
        // Something of everything, so that what is about one thing finds one.
        let hook = r#"{"url":"https://example.com/hook"}"#;
        assert_eq!(served.post("/v1/webhooks", "application/json", hook).status, 201);
        let key = [("Content-Type", "application/json")];
        let body = br#"{"commands":["program.publish"]}"#;
        assert_eq!(served.call("PUT", "/v1/four-eyes", &key, body).status, 200);
        let policy = POOL.replace("2026-01-01", "2027-01-01");
        assert_eq!(served.post("/v1/programs", "application/toml", &policy).status, 202);
        let judges = root().join("judges");
        let output = judge("schemathesis")
            .env("SCHEMATHESIS_HOOKS", "api")
            .env("PYTHONPATH", &judges)
            .current_dir(world.folder.path())
            .arg("--config-file")
            .arg(judges.join("schemathesis.toml"))
            .arg("run")
            .arg(format!("{}/openapi.json", served.base))
            .args(["-H", &format!("Authorization: Bearer {}", served.key)])
            .args(["--max-examples", &examples(), "--seed", "1", "--no-color"])
            .args(["--suppress-health-check", "all"])
            .output()
            .expect("schemathesis");
        let text = String::from_utf8_lossy(&output.stdout);
        let log = served.stop();
        assert!(output.status.success(), "{engine:?}\n{text}");
        assert!(!log.contains("status=5"), "{engine:?}: a 5xx in the log");
        println!("{engine:?}: {}", text.lines().rev().nth(3).unwrap_or_default());
        world.check();
        assert!(world.ok(&["audit", "check"]).contains("the chain holds"));
    }
}
