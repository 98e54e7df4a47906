//! The ledger, read and checked.
use kernel::Asset;
use ledger::{Problem, Transfer};

use crate::error::Error;
use crate::records;
use crate::workspace::Stipend;

/// What a check of the ledger saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Batches read.
    pub batches: usize,
    /// Transfers read.
    pub transfers: usize,
    /// Accounts read.
    pub accounts: usize,
    /// Runs whose tables were read again.
    pub runs: usize,
    /// What does not hold; empty when all is well.
    pub problems: Vec<Problem>,
}

/// Folds the whole ledger again and compares (I1 to I4, I7); reads the tables of every run again
/// and compares them with their digests and with what was posted.
///
/// # Errors
/// When the database or a table cannot be read at all.
pub fn check(stipend: &mut Stipend) -> Result<Report, Error> {
    let batches = stipend.db.batches()?;
    let balances = stipend.db.balances()?;
    let mut problems = ledger::check(&batches, &balances);
    let mut report = Report {
        batches: batches.len(),
        transfers: batches.iter().map(|batch| batch.transfers.len()).sum(),
        accounts: balances.len(),
        ..Report::default()
    };
    let mut programs: Vec<String> =
        stipend.db.policies()?.into_iter().map(|policy| policy.program).collect();
    programs.dedup();
    for program in programs {
        for run in stipend.db.runs(&program)? {
            report.runs += 1;
            let name = format!("run {program}/{}/{}", run.day, run.number);
            let mut say = |invariant, message: String| {
                problems.push(Problem { invariant, message: format!("{name}: {message}") });
            };
            let tables = [
                (&run.work_days_path, &run.work_days_digest, "work-days"),
                (&run.lines_path, &run.lines_digest, "lines"),
            ];
            for (path, digest, what) in tables {
                match lake::Table::read_parquet(&stipend.lake().join(path)) {
                    Err(error) => say("I8", format!("its {what} cannot be read: {error}")),
                    Ok(table) => {
                        if lake::files::sha256(&records::canonical(&table)).as_slice() != digest {
                            say("I8", format!("its {what} are not what was posted"));
                        } else if what == "lines" {
                            let sum: i64 = table.ints("amount")?.iter().sum();
                            if sum != run.paid {
                                say("I7", "its lines do not sum to what it paid".to_owned());
                            }
                        }
                    }
                }
            }
            let posted: i64 = batches
                .iter()
                .flat_map(|batch| &batch.transfers)
                .filter(|t| (&t.program, t.day, t.run) == (&program, run.day, run.number))
                .map(|transfer| match (&transfer.debit, &transfer.credit) {
                    (_, ledger::Account::Earned { .. }) => transfer.amount,
                    (ledger::Account::Earned { .. }, _) => -transfer.amount,
                    _ => 0,
                })
                .sum();
            if posted != run.paid {
                say("I7", "the ledger moved another amount to creators".to_owned());
            }
        }
    }
    problems.sort();
    report.problems = problems;
    Ok(report)
}

/// The selected transfers in order, with the asset they are in. Journals hold one asset each.
///
/// # Errors
/// [`Error::Refused`] when there are several assets and none is named.
pub fn journal(
    stipend: &mut Stipend,
    selection: &crate::export::Selection<'_>,
    asset: Option<&str>,
) -> Result<(Asset, Vec<Transfer>), Error> {
    let transfers = stipend.db.batches()?.into_iter().flat_map(|batch| batch.transfers);
    let transfers: Vec<Transfer> =
        transfers.filter(|transfer| selection.holds(&transfer.program, transfer.day)).collect();
    let mut codes: Vec<&str> = transfers.iter().map(|t| t.asset.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let code = match (asset, codes.as_slice()) {
        (Some(code), _) => code.to_owned(),
        (None, [only]) => (*only).to_owned(),
        (None, []) => return Err(Error::Refused("the journal is empty".to_owned())),
        (None, codes) => {
            return Err(Error::Refused(format!("name an asset: {}", codes.join(", "))));
        }
    };
    let asset = Asset::of(&code).map_err(|error| Error::Refused(error.to_string()))?;
    Ok((asset, transfers.into_iter().filter(|t| t.asset == code).collect()))
}
