//! Commands of those who run an installation: operators, settings, backup and restore, health.
use std::path::Path;
use std::time::Duration;

use app::access::Role;
use app::operators::{self, NewOperator};
use app::{Error, Health, backup};
use serde_json::json;

use crate::args::Operator;
use crate::commands::{Call, open};
use crate::settings::variable;
use crate::talk::{grouped, say};

/// Adds, changes and lists operators.
pub(crate) fn operator(call: &Call, what: &Operator, now_us: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    let made = match what {
        Operator::Add { email, name, roles, language } => {
            let role = |word: &String| {
                let wrong = || format!("no role `{word}`: see stipend operator add --help");
                Role::from_word(word).ok_or_else(|| Error::Refused(wrong()))
            };
            let roles = roles.iter().map(role).collect::<Result<Vec<_>, _>>()?;
            let (email, name, language) = (email.clone(), name.clone(), language.clone());
            operators::create(&mut stipend, &NewOperator { email, name, roles, language }, now_us)?
        }
        Operator::Reset { email } => operators::reset(&mut stipend, email, now_us)?,
        Operator::List => {
            for one in stipend.db.operators()? {
                listed(call, &one);
            }
            return Ok(());
        }
    };
    let (one, password) = made;
    if call.json {
        let mut body = operators::to_json(&one);
        body["password"] = json!(password);
        say(&body.to_string());
        return Ok(());
    }
    say(&password);
    crate::talk::note(&format!("{} signs in with this password: it is not shown again", one.email));
    crate::talk::note("changes need a second factor, which he sets up after signing in");
    Ok(())
}

fn listed(call: &Call, one: &store::OperatorRow) {
    if call.json {
        return say(&operators::to_json(one).to_string());
    }
    let state = match (one.disabled_us, &one.totp) {
        (Some(_), _) => "disabled",
        (None, Some(_)) => "two factors",
        (None, None) => "one factor",
    };
    say(&format!("{}  {state:<11}  {}  {}  {}", one.id, one.roles.join(","), one.email, one.name));
}

/// Says each setting, its value and where that comes from.
pub(crate) fn explain_settings(call: &Call) {
    if !call.json {
        say(&match &call.config {
            Some(path) => format!("# the file is {}", path.display()),
            None => "# no file: name one with --config or STIPEND_CONFIG".to_owned(),
        });
        say("# flags go before the environment, the environment before the file");
    }
    for found in &call.settings.all {
        let (name, value) = (found.key.name, found.shown());
        if call.json {
            let one = json!({ "name": name, "value": value, "from": found.origin,
                              "variable": variable(name), "what": found.key.what });
            say(&one.to_string());
            continue;
        }
        // Lines of the file's own form.
        let value = serde_json::Value::from(value);
        let (setting, origin) = (format!("{name} = {value}"), &found.origin);
        say(&format!("{setting:<44} # {origin}; {}", found.key.what));
    }
}

/// Writes a backup.
pub(crate) fn back_up(call: &Call, folder: &Path, now_us: i64) -> Result<(), Error> {
    let report = backup::write(&mut open(call)?, folder, now_us)?;
    done(call, "wrote", folder, &report);
    if !call.json {
        crate::talk::note("it holds the key of viewers' ids and all secrets: keep it as safe");
    }
    Ok(())
}

/// Makes a data folder of a backup.
pub(crate) fn restore(call: &Call, folder: &Path) -> Result<(), Error> {
    let data_dir = call.settings.data_dir();
    let (_, report) = backup::restore(folder, &data_dir, call.settings.maybe("database_url"))?;
    done(call, "restored", &data_dir, &report);
    if !call.json {
        crate::talk::note("next: stipend doctor --deep, stipend ledger check");
    }
    Ok(())
}

fn done(call: &Call, word: &str, folder: &Path, report: &backup::Report) {
    let folder = folder.display().to_string();
    if call.json {
        let (rows, files, bytes) = (report.rows, report.files, report.bytes);
        let told = json!({ "folder": folder, "rows": rows, "files": files, "bytes": bytes });
        return say(&told.to_string());
    }
    let (rows, files) = (grouped(report.rows), grouped(report.files));
    let bytes = grouped(report.bytes);
    say(&format!("{word} `{folder}`: {rows} rows, {files} files of the event log, {bytes} bytes"));
}

/// Looks whether all is well: first the settings, then whether the folder and its database open,
/// then what is in them.
pub(crate) fn doctor(call: &Call, deep: bool, now_us: i64) -> Result<Vec<Health>, Error> {
    let settings = match crate::serve::check(&call.settings) {
        Ok(()) => {
            Health { what: "config", well: true, message: "every setting makes sense".to_owned() }
        }
        Err(error) => Health { what: "config", well: false, message: error.to_string() },
    };
    let mut found = vec![settings];
    let fault = |what, error: &Error, advice: &str| {
        let text = crate::talk::message(error);
        Health { what, well: false, message: format!("{text}: {advice}") }
    };
    match open(call) {
        Ok(mut stipend) => found.extend(stipend.doctor(deep, now_us)?),
        Err(error @ Error::Store(_)) => {
            let advice = "start it, or mend `database_url` (`stipend config explain`)";
            found.push(fault("database", &error, advice));
        }
        Err(error) => {
            let advice = "name the right folder with --data-dir, or `stipend restore` a backup";
            found.push(fault("folder", &error, advice));
        }
    }
    Ok(found)
}

/// Asks the server that the settings name whether it is ready.
pub(crate) fn health(call: &Call) -> Result<(), Error> {
    let listen = call.settings.text("listen");
    // Where it listens on every address, it answers on the nearest.
    let listen = listen.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:");
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(4)))
        .build()
        .into();
    match agent.get(format!("http://{listen}/readyz")).call() {
        Ok(_) => {
            say(if call.json { "{\"status\":\"ok\"}" } else { "ready" });
            Ok(())
        }
        Err(error) => {
            let cause = std::io::Error::other(error.to_string());
            Err(Error::file(format!("the server at {listen}"))(cause))
        }
    }
}
