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

/// Creators of the benchmark of the ledger.
const CREATORS: i64 = 10_000;

/// Posts `count` transfers in batches of `size`, `group` batches in a commit, as settlements and
/// commands do; or, if `bare`, the same rows by the same statements and nothing else. Gives the
/// microseconds that `timer` counted for it, values of the bare rows being made before.
///
/// # Errors
/// When the database fails.
pub fn ledger(
    stipend: &mut Stipend,
    (count, size, group): (i64, i64, i64),
    bare: bool,
    timer: &dyn Fn() -> u64,
) -> Result<u64, Error> {
    let day = kernel::Zone::utc().day_of(0);
    let (mut done, mut spent) = (0, 0);
    while done < count {
        let mut batches = Vec::new();
        for number in 0..group {
            let first = done + number * size;
            batches.push(batch(first, size, day));
        }
        let rows: Vec<_> = if bare {
            batches.iter().map(|(key, transfers)| rows(key, transfers)).collect()
        } else {
            Vec::new()
        };
        let begun = timer();
        stipend.db.write(|db| {
            if bare {
                for (batch, rows, changes) in rows {
                    db.post_bare(batch, rows, &changes)?;
                }
            } else {
                for (key, transfers) in &batches {
                    db.post(key, transfers, 0)?;
                }
            }
            Ok::<_, Error>(())
        })?;
        spent += timer() - begun;
        done += size * group;
    }
    Ok(spent)
}

/// A batch of transfers: the platform's adjustments to creators, one each.
fn batch(first: i64, size: i64, day: kernel::Day) -> (String, Vec<ledger::Transfer>) {
    let key = format!("bench/{first}");
    let transfer = |number: i64| {
        let creator = format!("c{}", number % CREATORS);
        let accounts = (ledger::Account::Adjustments, ledger::Account::Available { creator });
        let leg = number.to_string();
        ledger::Transfer::of_wallet((&key, &leg), accounts, "EUR", 1 + number % 100, day)
    };
    let transfers = (first..first + size).filter_map(transfer).collect();
    (key, transfers)
}

type Rows = ([store::Value; 6], Vec<Vec<store::Value>>, Vec<[store::Value; 4]>);

fn rows(key: &str, transfers: &[ledger::Transfer]) -> Rows {
    let first: i64 = key.rsplit('/').next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let digest = lake::files::sha256(key.as_bytes());
    let before = lake::files::sha256(digest.as_slice());
    let count = i64::try_from(transfers.len()).unwrap_or(i64::MAX);
    let batch = [
        (first + 1).into(),
        key.into(),
        before.as_slice().into(),
        digest.as_slice().into(),
        count.into(),
        0.into(),
    ];
    let mut sums: std::collections::BTreeMap<String, (i64, i64)> =
        std::collections::BTreeMap::new();
    let mut rows = Vec::with_capacity(transfers.len());
    for (place, transfer) in transfers.iter().enumerate() {
        let number = first + i64::try_from(place).unwrap_or(0) + 1;
        let (debit, credit) = (transfer.debit.to_string(), transfer.credit.to_string());
        rows.push(vec![
            number.into(),
            (first + 1).into(),
            transfer.id.as_str().into(),
            debit.as_str().into(),
            credit.as_str().into(),
            transfer.asset.as_str().into(),
            transfer.amount.into(),
            "".into(),
            transfer.day.to_string().into(),
            0.into(),
        ]);
        sums.entry(debit).or_default().0 += transfer.amount;
        sums.entry(credit).or_default().1 += transfer.amount;
    }
    let change = |(account, (debits, credits)): (String, (i64, i64))| {
        [account.into(), "EUR".into(), debits.into(), credits.into()]
    };
    (batch, rows, sums.into_iter().map(change).collect())
}
