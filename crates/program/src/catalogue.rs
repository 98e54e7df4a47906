//! What a program is to those who look for one: whose money it is, whom it is for, where it is
//! found, and how it stands to other programs (requirements R1 to R11, R41 to R43).
use std::collections::BTreeMap;

use kernel::Reason;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::document::DayText;
use crate::policy::{PolicyError, wrong};

/// Whose money a program pays (R6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The platform pays for views.
    #[default]
    Views,
    /// Brands pay for works: an opportunity, no income from views.
    Brand,
    /// Fans pay.
    Fan,
    /// A tool for advertisers: no income of a creator.
    Advertiser,
}

impl Kind {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Views => "views",
            Kind::Brand => "brand",
            Kind::Fan => "fan",
            Kind::Advertiser => "advertiser",
        }
    }
}

/// The group of accounts that are advertisers' (R7).
pub const ADVERTISER: &str = "advertiser";

/// A place where creators find the program (R41, R42).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryPoint {
    /// The official invitation.
    Invitation,
    /// Words to search for.
    Search(String),
    /// The way through the app's menus.
    Menu(Vec<String>),
}

/// A program whose members are taken over (R2).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replaces {
    /// That program.
    pub program: String,
    /// The day from which its members are this one's.
    pub from: DayText,
}

/// What a program is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Catalogue {
    /// Whose money it pays.
    pub kind: Kind,
    /// What it is for, in a line or two.
    pub purpose: String,
    /// Where creators find it.
    pub entry_points: Vec<EntryPoint>,
    /// How to mend what keeps one out: the way through the app, by reason code (R43).
    pub how: BTreeMap<String, Vec<String>>,
    /// The umbrella program whose members are this one's members too (R3).
    pub umbrella: Option<String>,
    /// Programs that one must be a member of first (R4).
    #[schemars(with = "Vec<String>")]
    pub requires: Vec<Spanned<String>>,
    /// A program that this one adds money on top of: one must be its member (R11).
    pub part_of: Option<String>,
    /// The program whose members this one takes over (R2).
    pub replaces: Option<Replaces>,
    /// The most members (R8).
    pub members_max: Option<u32>,
    /// The last day: later ones are not settled, and members are told before (N29).
    pub ends: Option<DayText>,
    /// So many days before its end, or before it takes another's place, members are told.
    pub notice_days: Option<u16>,
}

impl Catalogue {
    /// Programs of which one must be a member.
    pub fn prerequisites(&self) -> impl Iterator<Item = &str> {
        let requires = self.requires.iter().map(|program| program.get_ref().as_str());
        requires.chain(self.part_of.as_deref()).chain(self.umbrella.as_deref())
    }
}

/// What makes no sense.
pub(crate) fn check(program: &str, catalogue: &Catalogue) -> Result<(), PolicyError> {
    let refuse = |message: String, help: &str| {
        Err(PolicyError { message, span: None, help: Some(help.to_owned()) })
    };
    if let Some(own) = catalogue.requires.iter().find(|one| one.get_ref() == program) {
        return Err(wrong("a program that requires itself lets nobody in", own.span()));
    }
    let others = [
        ("umbrella", catalogue.umbrella.as_deref()),
        ("part_of", catalogue.part_of.as_deref()),
        ("replaces", catalogue.replaces.as_ref().map(|other| other.program.as_str())),
    ];
    if let Some((field, _)) = others.into_iter().find(|(_, other)| *other == Some(program)) {
        return refuse(
            format!("[catalogue] {field} names the program itself"),
            "name another program",
        );
    }
    if let Some(code) = catalogue.how.keys().find(|code| Reason::from_code(code).is_none()) {
        let known = Reason::ALL.iter().map(|reason| reason.code());
        let near = crate::suggest::nearest(code, known).unwrap_or("app_too_old");
        return refuse(
            format!("[catalogue.how] knows no reason `{code}`"),
            &format!("did you mean `{near}`?"),
        );
    }
    if catalogue.members_max == Some(0) {
        return refuse(
            "a program of at most 0 members lets nobody in".to_owned(),
            "leave members_max out for no limit",
        );
    }
    Ok(())
}

/// Programs that want each other's members in a circle: nobody could ever enter. Gives one such
/// circle. Each program comes with those that it requires.
#[must_use]
pub fn circle<'a>(requires: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    fn walk<'a>(
        at: &'a str,
        requires: &BTreeMap<&'a str, Vec<&'a str>>,
        path: &mut Vec<&'a str>,
        done: &mut Vec<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if let Some(start) = path.iter().position(|one| *one == at) {
            let mut found = path.get(start..).unwrap_or_default().to_vec();
            found.push(at);
            return Some(found);
        }
        if done.contains(&at) {
            return None;
        }
        path.push(at);
        for next in requires.get(at).into_iter().flatten() {
            if let Some(found) = walk(next, requires, path, done) {
                return Some(found);
            }
        }
        path.pop();
        done.push(at);
        None
    }
    let mut done = Vec::new();
    requires.keys().find_map(|program| walk(program, requires, &mut Vec::new(), &mut done))
}
