//! The rows that a server writes, in a bare loop without server, dispatcher or domain: what the
//! benchmark of the server is measured against.
use store::{AnswerRow, ImportRow};

use crate::audit;
use crate::error::Error;
use crate::workspace::Stipend;

/// Bytes of a packed batch of 1,000 events.
const BATCH_BYTES: usize = 5 + 72 * 1_000;

/// Writes `count` batches or commands, `group` in a commit.
///
/// # Errors
/// When the database fails, or `what` is neither.
pub fn run(
    stipend: &mut Stipend,
    what: &str,
    count: i64,
    group: i64,
    now_us: i64,
) -> Result<(), Error> {
    let bytes = vec![7_u8; BATCH_BYTES];
    let mut done = 0;
    while done < count {
        let until = (done + group).min(count);
        stipend.db.write(|db| {
            for number in done..until {
                match what {
                    "batches" => db.add_intake("bare", (1_000, &bytes), "", now_us)?,
                    "commands" => command(db, number, now_us)?,
                    _ => return Err(Error::Refused("what: batches or commands".to_owned())),
                }
            }
            Ok(())
        })?;
        done = until;
    }
    Ok(())
}

/// The five rows of a command that tells of a new creator.
fn command(db: &mut store::Db, number: i64, now_us: i64) -> Result<(), Error> {
    let id = format!("bare-{number}");
    let digest = lake::files::sha256(id.as_bytes());
    let import = ImportRow { seq: 0, source: "api".to_owned(), read: 1, accepted: 1, refused: 0 };
    let seq = db.add_import("catalog", &digest, &import, now_us)?;
    db.add_creators(&[(id.clone(), number)])?;
    let version = catalog::Version {
        effective: kernel::Zone::utc().day_of(now_us),
        recorded: seq,
        facts: catalog::CreatorFacts::default(),
    };
    db.add_creator_versions(&[(id.clone(), version)])?;
    let answer = AnswerRow { request: digest.to_vec(), status: 200, body: "{}".to_owned() };
    db.add_answer(("bare", &id, "facts.tell"), &answer, now_us)?;
    let entry = audit::Entry {
        actor: "bare",
        command: "facts.tell",
        subject: &id,
        reason: "",
        outcome: "done",
        request: &digest,
    };
    Ok(audit::note(db, &entry, now_us)?)
}
