//! What is held against a creator or a work, fact by fact: why, since when, who can change it, and
//! when waiting alone mends it. Diagnoses say it, appeals contest it (R77, R83, R84).
use appeal::Field;
use catalog::{CreatorFacts, Version, WorkFacts, as_of};
use kernel::reason::Remedy;
use kernel::{Day, Reason};
use program::Policy;
use program::document::Membership;
use serde_json::{Value, json};
use store::Db;

use crate::error::Error;
use crate::programs;

/// Something held against a creator or a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Why.
    pub reason: Reason,
    /// What is there.
    pub observed: String,
    /// What is wanted.
    pub required: String,
    /// The policy's line.
    pub rule: &'static str,
    /// Whether it is the account's, not the work's.
    pub of_account: bool,
    /// The fact that it rests on; nothing where it rests on no fact of the platform's.
    pub field: Option<Field>,
    /// Since which day that fact says so.
    pub since: Option<Day>,
    /// The first day on which waiting would have mended it.
    pub earliest: Option<Day>,
}

impl Held {
    /// Who can change it: the creator, the platform, or time.
    #[must_use]
    pub fn by(&self) -> &'static str {
        match (self.reason.remedy(), self.field) {
            (Remedy::Act, _) => "creator",
            (Remedy::Wait, _) if self.earliest.is_some() => "time",
            (_, Some(_)) => "platform",
            (Remedy::Wait, None) => "time",
            (Remedy::None, None) => "nobody",
        }
    }

    /// As the API shows it.
    #[must_use]
    pub fn to_json(&self, language: &str) -> Value {
        json!({
            "code": self.reason.code(),
            "text": bus::reason(self.reason.code(), language),
            "about": if self.of_account { "account" } else { "work" },
            "observed": self.observed,
            "required": self.required,
            "rule": self.rule,
            "since": self.since.map(|day| day.to_string()),
            "earliest": self.earliest.map(|day| day.to_string()),
            "who": self.by(),
            "remedy": crate::entry::remedy(self.reason.remedy()),
            "can_appeal": self.field.is_some(),
        })
    }
}

fn since_of(
    field: Field,
    day: Day,
    works: &[Version<WorkFacts>],
    creators: &[Version<CreatorFacts>],
) -> Option<Day> {
    if field.is_of_account() {
        appeal::since(creators, day, |facts| field.said_of_creator(facts))
    } else {
        appeal::since(works, day, |facts| field.said_of_work(facts))
    }
}

/// What a policy holds against a work and its creator on a day, by what was said of them; the
/// account's first. Of a creator alone what is held against any work of his.
#[must_use]
pub fn held(
    policy: &Policy,
    works: &[Version<WorkFacts>],
    creators: &[Version<CreatorFacts>],
    day: Day,
) -> Vec<Held> {
    let work = as_of(works, day).unwrap_or_default();
    let creator = as_of(creators, day).unwrap_or_default();
    let mut all: Vec<Held> = Vec::new();
    for finding in policy.findings(&work, &creator, day) {
        // Without a work there is nothing to say of one.
        let field = Field::of_reason(finding.reason);
        let of_account = finding.rule.starts_with("accounts.");
        if works.is_empty() && !of_account {
            continue;
        }
        all.push(Held {
            reason: finding.reason,
            observed: finding.observed,
            required: finding.required,
            rule: finding.rule,
            of_account,
            field,
            since: field.and_then(|field| since_of(field, day, works, creators)),
            earliest: finding.earliest,
        });
    }
    all.sort_by_key(|one| (!one.of_account, one.reason));
    all
}

/// Where only members are paid, the day of joining is the day on which a creator became one,
/// whatever the catalog says.
///
/// # Errors
/// When the database fails.
pub(crate) fn with_membership(
    db: &mut Db,
    policy: &Policy,
    creator: &str,
    day: Day,
    mut versions: Vec<Version<CreatorFacts>>,
) -> Result<Vec<Version<CreatorFacts>>, Error> {
    if policy.accounts.membership != Membership::Members {
        return Ok(versions);
    }
    let mut since = None;
    for step in db.steps(programs::members_of(policy), creator)? {
        if step.after.day > day {
            break;
        }
        since = match step.after.state.as_str() {
            "approved" => since.or(Some(step.after.day)),
            _ => None,
        };
    }
    versions.iter_mut().for_each(|version| version.facts.joined = None);
    let facts = CreatorFacts { joined: since, ..CreatorFacts::default() };
    versions.retain(|version| version.effective <= day);
    versions.push(Version { effective: day, recorded: i64::MAX, facts });
    Ok(versions)
}

/// What is known of a work: its versions, and those of its creator.
pub(crate) struct Known {
    pub(crate) work: Vec<Version<WorkFacts>>,
    pub(crate) creator: Vec<Version<CreatorFacts>>,
}

impl Known {
    /// Of a work of a creator's.
    ///
    /// # Errors
    /// [`Error::Missing`] when he has no such work.
    pub(crate) fn of_work(
        db: &mut Db,
        creator: &str,
        work: &str,
        day: Day,
    ) -> Result<Known, Error> {
        let versions = db.work_versions(work)?;
        let mine =
            as_of(&versions, day).is_some_and(|held| held.creator.as_deref() == Some(creator));
        if !mine {
            // Another's work looks like one that there is not.
            return Err(Error::Missing(format!("the creator `{creator}` has no work `{work}`")));
        }
        Ok(Known { work: versions, creator: db.creator_versions(creator)? })
    }

    /// Of a creator alone.
    pub(crate) fn of_creator(db: &mut Db, creator: &str) -> Result<Known, Error> {
        Ok(Known { work: Vec::new(), creator: db.creator_versions(creator)? })
    }
}
