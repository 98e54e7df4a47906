//! Where, when, and to how many a program is open (requirements R10, R31 to R40).
use std::collections::BTreeMap;

use kernel::id::HashKey;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::{DayText, Regions};
use crate::policy::PolicyError;

/// Where, and to how many, the program is open.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Availability {
    /// Countries that are open (R31, R34); every country when left out.
    pub countries: Option<Regions>,
    /// Countries that are announced (R32).
    pub announced: Vec<Announced>,
    /// Content surfaces whose accounts may enter (R10); every surface when empty.
    pub surfaces: Vec<String>,
    /// A test with some accounts before it opens to all (R36).
    pub test: Option<TestPhase>,
    /// The share of creators to whom it is shown so far (R35).
    pub rollout: Option<Rollout>,
    /// The least version of each client that has the program in it, like `ios = "30.2"` (R37).
    pub minimum_app: BTreeMap<String, String>,
    /// Days that a switch of the account's type takes (R38).
    pub switch_days: Option<u16>,
    /// How many days old the platform's own data of an account may be (R39).
    pub data_age_days: Option<u16>,
}

impl Availability {
    /// Where it is announced for a country, if that is said (R33).
    #[must_use]
    pub fn notice_of(&self, country: &str) -> Option<&str> {
        let has = |announced: &&Announced| announced.countries.0.iter().any(|one| one == country);
        let found = self.announced.iter().find(has)?;
        Some(found.notice.as_str()).filter(|notice| !notice.is_empty())
    }
}

/// Countries that will be open.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Announced {
    /// Which.
    pub countries: Regions,
    /// From which day, if that is known.
    pub from: Option<DayText>,
    /// Where that is announced (R33).
    #[serde(default)]
    pub notice: String,
}

/// A test phase: until it is over only accounts of some groups see the program.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestPhase {
    /// Groups of accounts, by the platform's words.
    pub groups: Vec<String>,
    /// The last day of the test.
    pub through: DayText,
}

/// A gradual rollout: who is in stays in when the share grows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// Another salt draws another order of creators: it stays while the share grows.
    pub salt: String,
    /// Of a thousand creators, so many.
    pub permille: u16,
    /// Groups of accounts that are reached whatever their place.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The share that was raised lately reaches its accounts a little later (R40).
    pub push: Option<Push>,
}

/// A raise that is on its way to the accounts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// The share before the raise: those accounts have it already.
    pub was: u16,
    /// The day of the raise.
    pub from: DayText,
    /// Days until the last account has it.
    pub days: u16,
}

/// A creator's place in a rollout, from 0 to 999: the same for ever, so that a larger share keeps
/// everybody who was in.
#[must_use]
pub fn place_in_rollout(salt: &str, program: &str, creator: &str) -> u16 {
    let hash = HashKey::PUBLIC.hash(&[salt.as_bytes(), program.as_bytes(), creator.as_bytes()]);
    u16::try_from(hash.cast_unsigned() % 1_000).unwrap_or(999)
}

/// Whether a version of an app is at least another: numbers with points between; missing ones are
/// nought. Nothing where either is no version.
pub(crate) fn is_recent(seen: &str, wanted: &str) -> Option<bool> {
    let parse = |text: &str| -> Option<[u32; 4]> {
        let mut numbers = [0; 4];
        for (place, part) in text.split('.').enumerate() {
            *numbers.get_mut(place)? = part.parse().ok()?;
        }
        Some(numbers)
    };
    Some(parse(seen)? >= parse(wanted)?)
}

/// Whether a rollout takes the entry from anybody who has it under another.
///
/// # Errors
/// Why it would.
pub fn keeps_everybody(before: &Availability, after: &Availability) -> Result<(), String> {
    let Some(new) = &after.rollout else { return Ok(()) };
    let help = "keep the salt, and keep or raise the share";
    let Some(old) = &before.rollout else {
        if new.permille == 1_000 {
            return Ok(());
        }
        return Err(format!("the program was shown to all: a rollout takes it away; {help}"));
    };
    if old.salt != new.salt && old.permille > 0 && new.permille < 1_000 {
        return Err(format!("another salt takes the entry from creators who have it: {help}"));
    }
    if new.permille < old.permille {
        let (old, new) = (old.permille, new.permille);
        return Err(format!("the share falls from {old} to {new} per mille: {help}"));
    }
    if old.groups.iter().any(|group| !new.groups.contains(group)) && new.permille < 1_000 {
        return Err(format!("a group is reached no more: {help}, and the groups"));
    }
    if let Some(push) = &new.push
        && push.was < old.permille
    {
        return Err(format!(
            "push.was is {}: {} per mille have it already",
            push.was, old.permille
        ));
    }
    Ok(())
}

/// What makes no sense.
pub(crate) fn check(rules: &Availability) -> Result<(), PolicyError> {
    let refuse = |message: String, help: &str| {
        Err(PolicyError { message, span: None, help: Some(help.to_owned()) })
    };
    if let Some(rollout) = &rules.rollout {
        if rollout.permille > 1_000 {
            let message = format!("a rollout of {} per mille is more than all", rollout.permille);
            return refuse(message, "write 0 to 1000");
        }
        if let Some(push) = &rollout.push
            && push.was > rollout.permille
        {
            let message = format!("push.was is {}, more than the share itself", push.was);
            return refuse(message, "write the share before the raise");
        }
    }
    let announced = rules.announced.iter().flat_map(|announced| &announced.countries.0);
    if let Some(open) = &rules.countries
        && let Some(twice) = announced.into_iter().find(|country| open.0.contains(*country))
    {
        let message = format!("`{twice}` is open and announced at once");
        return refuse(message, &format!("the open ones are: {}", open.0.join(", ")));
    }
    if let Some((client, version)) =
        rules.minimum_app.iter().find(|(_, version)| is_recent(version, "0").is_none())
    {
        let message = format!("`{version}` of {client} is no version");
        return refuse(message, "write numbers with points between, like \"30.2.1\"");
    }
    if let Some(test) = &rules.test
        && test.groups.is_empty()
    {
        return refuse("a test phase without groups shows it to nobody".into(), "name groups");
    }
    Ok(())
}
