//! What was seen and what is wanted, as data: the words come from the languages of `bus`.
use std::fmt;

/// Something to be said of an account. It borrows from the policy and the facts, so that deciding
/// of a million creators allocates nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say<'a> {
    /// The platform has not said it.
    NotSaid,
    /// There is none.
    None,
    /// It is so.
    So,
    /// It is not so.
    NotSo,
    /// A word of the platform.
    Text(&'a str),
    /// A number.
    Count(i64),
    /// At least so many.
    AtLeast(i64),
    /// From so many to so many.
    Between(i64, i64),
    /// So many in so many days.
    CountIn(i64, u16),
    /// At least so many in so many days.
    AtLeastIn(i64, u16),
    /// From so many to so many in so many days.
    BetweenIn(i64, i64, u16),
    /// Which number holds depends on country or surface.
    ByCountryOrSurface,
    /// One of these.
    OneOf(&'a [String]),
    /// None of these.
    NoneOf(&'a [String]),
    /// An age, and how it is known.
    Age(i64, Option<catalog::AgeProof>),
    /// So old or older, and how that must be known.
    AgeOrMore(i64, bool),
    /// The day of the last violation.
    LastViolation(kernel::Day),
    /// So many days without a violation.
    WithoutViolation(u16),
    /// So many violations in so many days.
    Violations(i64, u16),
    /// At most so many violations in so many days.
    ViolationsAtMost(i64, u16),
    /// A share of the works of some days, in percent.
    Share(i64, u16),
    /// At least such a share.
    ShareAtLeast(i64, u16),
    /// A place in a rollout.
    Place(u16),
    /// Places below this are reached.
    BelowPlace(u16),
    /// A day.
    Day(kernel::Day),
    /// From a day on.
    From(kernel::Day),
    /// Through a day.
    Through(kernel::Day),
    /// Since a day.
    Since(kernel::Day),
    /// A version of a client.
    Version(&'a str, &'a str),
    /// A version of a client or a newer one.
    AtLeastVersion(&'a str, &'a str),
    /// So many members.
    Members(i64),
    /// Fewer members than this.
    FewerMembers(i64),
    /// A member of a program.
    MemberOf(&'a str),
    /// Not a member of a program.
    NotMemberOf(&'a str),
    /// Signed with an agency.
    Signed,
    /// Invited.
    Invited,
    /// Told so many days ago.
    AgeOfData(i64),
    /// Told at most so many days ago.
    DataAtMost(i64),
    /// The day on which a company was founded.
    Founded(kernel::Day),
    /// Papers that were shown.
    Papers,
    /// So many creators signed with an agency.
    SignedCreators(i64),
    /// At least so many.
    SignedAtLeast(i64),
    /// A state of membership.
    State(&'a str),
}

/// A key of `bus`, and what goes into its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The key.
    pub key: String,
    /// Names and values.
    pub args: Vec<(&'static str, String)>,
}

/// For tables that machines read: the words of [`Say::phrase`] are for people.
impl fmt::Display for Say<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Say::NotSaid => out.write_str("?"),
            Say::None => out.write_str("none"),
            Say::So | Say::Signed => out.write_str("so"),
            Say::NotSo => out.write_str("not so"),
            Say::Text(text) | Say::State(text) => out.write_str(text),
            Say::Count(count) | Say::Members(count) | Say::SignedCreators(count) => {
                write!(out, "{count}")
            }
            Say::AtLeast(least) | Say::SignedAtLeast(least) => write!(out, ">={least}"),
            Say::Between(least, most) => write!(out, "{least}..{most}"),
            Say::CountIn(count, days) | Say::Violations(count, days) => {
                write!(out, "{count}/{days}d")
            }
            Say::AtLeastIn(least, days) => write!(out, ">={least}/{days}d"),
            Say::BetweenIn(least, most, days) => write!(out, "{least}..{most}/{days}d"),
            Say::ViolationsAtMost(most, days) => write!(out, "<={most}/{days}d"),
            Say::ByCountryOrSurface => out.write_str("by country or surface"),
            Say::OneOf(list) => listed(out, "in", list),
            Say::NoneOf(list) => listed(out, "not in", list),
            Say::Age(years, proof) => {
                write!(out, "{years} {}", proof.map_or("?", catalog::Word::word))
            }
            Say::AgeOrMore(years, verified) => {
                write!(out, ">={years} {}", if *verified { "verified" } else { "declared" })
            }
            Say::LastViolation(day) | Say::Day(day) | Say::Founded(day) => write!(out, "{day}"),
            Say::WithoutViolation(days) => write!(out, "0/{days}d"),
            Say::Share(percent, days) => write!(out, "{percent}%/{days}d"),
            Say::ShareAtLeast(percent, days) => write!(out, ">={percent}%/{days}d"),
            Say::Place(place) => write!(out, "{place}"),
            Say::BelowPlace(most) => write!(out, "<{most}"),
            Say::From(day) | Say::Since(day) => write!(out, ">={day}"),
            Say::Through(day) => write!(out, "<={day}"),
            Say::Version(client, version) => write!(out, "{client} {version}"),
            Say::AtLeastVersion(client, version) => write!(out, "{client} >={version}"),
            Say::FewerMembers(most) => write!(out, "<{most}"),
            Say::MemberOf(program) => write!(out, "in {program}"),
            Say::NotMemberOf(program) => write!(out, "not in {program}"),
            Say::Invited => out.write_str("invited"),
            Say::Papers => out.write_str("papers"),
            Say::AgeOfData(days) => write!(out, "{days}d"),
            Say::DataAtMost(days) => write!(out, "<={days}d"),
        }
    }
}

fn listed(out: &mut fmt::Formatter<'_>, word: &str, list: &[String]) -> fmt::Result {
    out.write_str(word)?;
    for (place, one) in list.iter().enumerate() {
        write!(out, "{}{one}", if place == 0 { " " } else { "," })?;
    }
    Ok(())
}

impl Say<'_> {
    /// A number that may not be said.
    #[must_use]
    pub fn count(count: Option<i64>) -> Say<'static> {
        count.map_or(Say::NotSaid, Say::Count)
    }

    /// A word that may not be said.
    #[must_use]
    pub fn text(text: Option<&String>) -> Say<'_> {
        text.map_or(Say::NotSaid, |text| Say::Text(text))
    }

    /// The key and the values.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        let days = |days: u16| ("days", days.to_string());
        let count = |count: i64| ("count", count.to_string());
        let day = |day: &kernel::Day| ("day", day.to_string());
        let (key, args) = match self {
            Say::NotSaid => ("say-not-said", vec![]),
            Say::None => ("say-none", vec![]),
            Say::So => ("say-so", vec![]),
            Say::NotSo => ("say-not-so", vec![]),
            Say::Text(text) => ("say-text", vec![("text", (*text).to_owned())]),
            Say::Count(seen) => ("say-count", vec![count(*seen)]),
            Say::AtLeast(least) => ("say-at-least", vec![count(*least)]),
            Say::Between(least, most) => {
                ("say-between", vec![("least", least.to_string()), ("most", most.to_string())])
            }
            Say::CountIn(seen, window) => ("say-count-in-days", vec![count(*seen), days(*window)]),
            Say::AtLeastIn(least, window) => {
                ("say-at-least-in-days", vec![count(*least), days(*window)])
            }
            Say::BetweenIn(least, most, window) => (
                "say-between-in-days",
                vec![("least", least.to_string()), ("most", most.to_string()), days(*window)],
            ),
            Say::ByCountryOrSurface => ("say-by-country-or-surface", vec![]),
            Say::OneOf(list) => ("say-one-of", vec![("list", list.join(", "))]),
            Say::NoneOf(list) => ("say-none-of", vec![("list", list.join(", "))]),
            Say::Age(..) | Say::AgeOrMore(..) => self.age(),
            Say::LastViolation(last) => ("say-last-violation", vec![day(last)]),
            Say::WithoutViolation(window) => ("say-days-without-violation", vec![days(*window)]),
            Say::Violations(seen, window) => {
                ("say-violations-in-days", vec![count(*seen), days(*window)])
            }
            Say::ViolationsAtMost(most, window) => {
                ("say-violations-at-most", vec![count(*most), days(*window)])
            }
            Say::Share(percent, window) => {
                ("say-share-in-days", vec![("percent", percent.to_string()), days(*window)])
            }
            Say::ShareAtLeast(percent, window) => {
                ("say-share-at-least", vec![("percent", percent.to_string()), days(*window)])
            }
            Say::Place(place) => ("say-place", vec![("place", place.to_string())]),
            Say::BelowPlace(most) => ("say-below-place", vec![("permille", most.to_string())]),
            Say::Day(one) => ("say-day", vec![day(one)]),
            Say::From(first) => ("say-from-day", vec![day(first)]),
            Say::Through(last) => ("say-through-day", vec![day(last)]),
            Say::Since(first) => ("say-since-day", vec![day(first)]),
            Say::Version(client, version) => ("say-version", version_of(client, version)),
            Say::AtLeastVersion(client, version) => {
                ("say-at-least-version", version_of(client, version))
            }
            Say::Members(seen) => ("say-members", vec![count(*seen)]),
            Say::FewerMembers(most) => ("say-fewer-members", vec![count(*most)]),
            Say::MemberOf(program) => ("say-member-of", vec![("program", (*program).to_owned())]),
            Say::NotMemberOf(program) => {
                ("say-not-member-of", vec![("program", (*program).to_owned())])
            }
            Say::Signed => ("say-signed", vec![]),
            Say::Invited => ("say-invited", vec![]),
            Say::Founded(founded) => ("say-founded", vec![day(founded)]),
            Say::Papers => ("say-papers", vec![]),
            Say::SignedCreators(seen) => ("say-signed-creators", vec![count(*seen)]),
            Say::SignedAtLeast(least) => ("say-signed-at-least", vec![count(*least)]),
            Say::AgeOfData(age) => ("say-age-of-data", vec![("days", age.to_string())]),
            Say::DataAtMost(most) => ("say-data-at-most", vec![("days", most.to_string())]),
            Say::State(state) => {
                return Phrase { key: format!("state-{state}"), args: Vec::new() };
            }
        };
        Phrase { key: key.to_owned(), args }
    }

    fn age(&self) -> (&'static str, Vec<(&'static str, String)>) {
        use catalog::AgeProof::{Declared, Verified};
        let (key, years) = match self {
            Say::Age(years, Some(Declared)) => ("say-age-declared", years),
            Say::Age(years, Some(Verified)) => ("say-age-verified", years),
            Say::AgeOrMore(years, true) => ("say-age-or-more-verified", years),
            Say::AgeOrMore(years, false) => ("say-age-or-more-declared", years),
            Say::Age(years, None) => ("say-age-unproved", years),
            _ => return ("say-not-said", vec![]),
        };
        (key, vec![("years", years.to_string())])
    }
}

fn version_of(client: &str, version: &str) -> Vec<(&'static str, String)> {
    vec![("client", client.to_owned()), ("version", version.to_owned())]
}
