//! Rules of eligibility: typed, put together with any, all and not (requirements R12 to R30).
use std::collections::BTreeMap;

use catalog::Word;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::document::Ratio;
use crate::entry::Window;
use crate::policy::PolicyError;
use crate::suggest::nearest;

/// Rules within rules, and rules in all.
const DEPTH_MAX: usize = 8;
const RULES_MAX: usize = 200;
/// The longest rolling window.
pub const WINDOW_DAYS_MAX: u16 = 400;

/// What an account must be to enter, and to stay.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Eligibility {
    /// Each of these must hold.
    #[schemars(with = "Vec<Rule>")]
    pub require: Vec<Spanned<Rule>>,
    /// Of members each of these must go on to hold, else they earn nothing until it does (R30);
    /// those of `require` when left out.
    #[schemars(with = "Option<Vec<Rule>>")]
    pub keep: Option<Vec<Spanned<Rule>>>,
}

/// How an age must be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The creator says so.
    Declared,
    /// The platform verified it.
    Verified,
}

/// Words of which one is wanted, or none.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Words {
    /// One of these.
    pub allow: Vec<String>,
    /// None of these.
    pub deny: Vec<String>,
}

/// A number in a rolling window.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InWindow {
    /// The least.
    pub minimum: u32,
    /// The most, if there is one.
    pub maximum: Option<u32>,
    /// In so many days up to yesterday.
    pub days: u16,
    /// The program whose settled days are counted; this one's when left out.
    pub of: Option<String>,
}

/// A rule of eligibility.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// The least age (R12).
    Age {
        /// In years.
        years: u8,
        /// How it must be known.
        proof: Proof,
    },
    /// The least number of genuine followers (R13, R14, R15).
    Followers {
        /// Where neither list names another number.
        minimum: Option<u32>,
        /// By country; goes before `minimum`.
        #[serde(default)]
        by_country: BTreeMap<String, u32>,
        /// By content surface; goes before `by_country`.
        #[serde(default)]
        by_surface: BTreeMap<String, u32>,
        /// The most, if there is one.
        maximum: Option<u32>,
    },
    /// The least number of qualified views in a rolling window (R16, R17).
    Views(InWindow),
    /// The least watch time of qualified views in a rolling window, in minutes; the program that
    /// counts keeps it (`[views] keep_watch_time`).
    WatchMinutes(InWindow),
    /// The least number of posts in a rolling window (R18).
    Posts {
        /// How many.
        minimum: u32,
        /// In so many days up to yesterday.
        days: u16,
    },
    /// Account types, by the catalog's words (R19, R20).
    AccountType(Words),
    /// Verification badges (R21, R22).
    Verification(Words),
    /// How the account stands (R24, R27).
    Standing(Words),
    /// The account's field, by the platform's words (R26).
    Category(Words),
    /// Days without a violation (R23).
    ViolationFree {
        /// So many.
        days: u16,
    },
    /// Violations in a window (R23, R24).
    Violations {
        /// Those that are at least so serious: `minor` or `serious`.
        severity: String,
        /// At most so many.
        maximum: u16,
        /// In so many days up to today.
        days: u16,
    },
    /// The share of recent works that are original (R25).
    Originality {
        /// At least this share.
        minimum: Ratio,
        /// Works published in so many days up to yesterday.
        days: u16,
    },
    /// The share of recent works with one of some quality grades (R28, R47).
    Quality {
        /// The grades.
        grades: Vec<String>,
        /// At least this share.
        minimum: Ratio,
        /// Works published in so many days up to yesterday.
        days: u16,
    },
    /// Membership of another program (R4).
    MemberOf(String),
    /// Signed with an agency (R29).
    Agency,
    /// An agency's company (R121, R122).
    Company {
        /// Founded at least so many days ago.
        days: u16,
        /// Whether its papers must have been shown.
        papers: bool,
    },
    /// The least number of creators who have signed with the agency (R123).
    SignedCreators(u32),
    /// At least one of these.
    Any(Vec<Rule>),
    /// All of these.
    All(Vec<Rule>),
    /// Not this.
    Not(Box<Rule>),
}

struct Wrong {
    message: String,
    help: String,
}

fn wrong<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { message: message.into(), help: help.into() })
}

/// What makes no sense in the rules. `pays` tells whether the program settles days of its own.
pub(crate) fn check(rules: &Eligibility, pays: bool) -> Result<(), PolicyError> {
    let mut count = 0;
    for rule in rules.require.iter().chain(rules.keep.iter().flatten()) {
        check_rule(rule.get_ref(), 1, pays, &mut count).map_err(|wrong| PolicyError {
            message: wrong.message,
            span: Some(rule.span()),
            help: Some(wrong.help),
        })?;
    }
    Ok(())
}

fn check_days(days: u16) -> Result<(), Wrong> {
    if days == 0 || days > WINDOW_DAYS_MAX {
        return wrong(format!("a window of {days} days"), format!("write 1 to {WINDOW_DAYS_MAX}"));
    }
    Ok(())
}

fn check_most(minimum: u32, maximum: Option<u32>) -> Result<(), Wrong> {
    if let Some(most) = maximum.filter(|most| *most < minimum) {
        let message = format!("the minimum {minimum} is above the maximum {most}: nobody passes");
        return wrong(message, "lower the minimum, or raise the maximum");
    }
    Ok(())
}

fn check_share(share: Ratio) -> Result<(), Wrong> {
    if share.0 > kernel::Ppm::ONE {
        return wrong("a share above 1 is more than all works", "write 0 to 1, like \"0.8\"");
    }
    Ok(())
}

/// Words of a closed list: each must be known, and something must be wanted of them.
fn check_words(what: &str, words: &Words, known: Option<Vec<&'static str>>) -> Result<(), Wrong> {
    if words.allow.is_empty() && words.deny.is_empty() {
        return wrong(format!("a rule of {what} names no word"), "write allow = […] or deny = […]");
    }
    if let Some(word) = words.allow.iter().find(|word| words.deny.contains(word)) {
        return wrong(format!("`{word}` is allowed and denied at once"), "name it in one list");
    }
    let Some(known) = known else { return Ok(()) };
    let unknown = words.allow.iter().chain(&words.deny).find(|w| !known.contains(&w.as_str()));
    match unknown {
        None => Ok(()),
        Some(word) => {
            let list = known.join(", ");
            let near = nearest(word, known.into_iter());
            let help = near.map_or(list, |near| format!("did you mean `{near}`?"));
            wrong(format!("there is no {what} `{word}`"), help)
        }
    }
}

fn words_of<W: Word>() -> Option<Vec<&'static str>> {
    Some(W::WORDS.iter().map(|(_, word)| *word).collect())
}

fn check_rule(rule: &Rule, depth: usize, pays: bool, count: &mut usize) -> Result<(), Wrong> {
    *count += 1;
    if depth > DEPTH_MAX || *count > RULES_MAX {
        let message = format!("rules of eligibility: more than {RULES_MAX}, or {DEPTH_MAX} deep");
        return wrong(message, "say it with fewer");
    }
    match rule {
        Rule::Age { .. }
        | Rule::Agency
        | Rule::Company { .. }
        | Rule::SignedCreators(_)
        | Rule::MemberOf(_) => Ok(()),
        Rule::Followers { minimum, by_country, by_surface, maximum } => {
            if minimum.is_none() && by_country.is_empty() && by_surface.is_empty() {
                return wrong("a rule of followers names no number", "write minimum = 10000");
            }
            if let Some(country) = by_country.keys().find(|c| !kernel::country::is_country(c)) {
                return wrong(
                    format!("`{country}` is no country"),
                    crate::document::country_help(country),
                );
            }
            let all = by_country.values().chain(by_surface.values()).chain(minimum);
            all.copied().try_for_each(|least| check_most(least, *maximum))
        }
        Rule::Views(InWindow { minimum, maximum, days, of })
        | Rule::WatchMinutes(InWindow { minimum, maximum, days, of }) => {
            if of.is_none() && !pays {
                let message = "a program that pays no views has none of its own to count";
                return wrong(message, "name the program that counts them: of = \"its-id\"");
            }
            check_days(*days)?;
            check_most(*minimum, *maximum)
        }
        Rule::Posts { days, .. } => check_days(*days),
        Rule::AccountType(words) => {
            check_words("account type", words, words_of::<catalog::AccountType>())
        }
        Rule::Verification(words) => {
            check_words("verification", words, words_of::<catalog::Verification>())
        }
        Rule::Standing(words) => check_words("standing", words, words_of::<catalog::Standing>()),
        Rule::Category(words) => check_words("category", words, None),
        Rule::ViolationFree { days } => check_days(*days),
        Rule::Violations { severity, days, .. } => {
            check_days(*days)?;
            let words = Words { allow: vec![severity.clone()], deny: Vec::new() };
            check_words("severity", &words, words_of::<catalog::Severity>())
        }
        Rule::Originality { minimum, days } => {
            check_days(*days)?;
            check_share(*minimum)
        }
        Rule::Quality { grades, minimum, days } => {
            check_days(*days)?;
            check_share(*minimum)?;
            if grades.is_empty() {
                return wrong("a rule of quality names no grade", "write grades = [\"a\", \"b\"]");
            }
            Ok(())
        }
        Rule::Any(rules) | Rule::All(rules) => {
            if rules.is_empty() {
                return wrong("`any` and `all` of nothing", "name rules, or leave it out");
            }
            rules.iter().try_for_each(|rule| check_rule(rule, depth + 1, pays, count))
        }
        Rule::Not(rule) => check_rule(rule, depth + 1, pays, count),
    }
}

/// Told each number of a rolling window that rules ask for.
pub(crate) fn windows<'a>(rules: &'a [Spanned<Rule>], tell: &mut dyn FnMut(Window<'a>)) {
    fn walk<'a>(rule: &'a Rule, tell: &mut dyn FnMut(Window<'a>)) {
        match rule {
            Rule::Any(rules) | Rule::All(rules) => rules.iter().for_each(|rule| walk(rule, tell)),
            Rule::Not(rule) => walk(rule, tell),
            Rule::Views(rule) => tell(Window::Views(rule.of.as_deref(), rule.days)),
            Rule::WatchMinutes(rule) => tell(Window::Watch(rule.of.as_deref(), rule.days)),
            Rule::Posts { days, .. } => tell(Window::Posts(*days)),
            Rule::Originality { days, .. } => tell(Window::Original(*days)),
            Rule::Quality { grades, days, .. } => tell(Window::Graded(grades, *days)),
            Rule::SignedCreators(_) => tell(Window::Signed),
            _ => {}
        }
    }
    rules.iter().for_each(|rule| walk(rule.get_ref(), tell));
}

/// The programs whose members alone pass: those of rules that all must hold.
pub(crate) fn required<'a>(rules: &'a [Spanned<Rule>], found: &mut Vec<&'a str>) {
    fn walk<'a>(rule: &'a Rule, found: &mut Vec<&'a str>) {
        match rule {
            Rule::All(rules) => rules.iter().for_each(|rule| walk(rule, found)),
            Rule::MemberOf(program) => found.push(program),
            _ => {}
        }
    }
    rules.iter().for_each(|rule| walk(rule.get_ref(), found));
}

/// The programs whose members rules ask for.
pub(crate) fn programs<'a>(rules: &'a [Spanned<Rule>], found: &mut Vec<&'a str>) {
    fn walk<'a>(rule: &'a Rule, found: &mut Vec<&'a str>) {
        match rule {
            Rule::Any(rules) | Rule::All(rules) => rules.iter().for_each(|rule| walk(rule, found)),
            Rule::Not(rule) => walk(rule, found),
            Rule::MemberOf(program) => found.push(program),
            _ => {}
        }
    }
    rules.iter().for_each(|rule| walk(rule.get_ref(), found));
}

/// The places of rules in the document, in the order in which they are looked at.
pub(crate) fn paths(rules: &[Spanned<Rule>], list: &str) -> Vec<String> {
    fn walk(rule: &Rule, path: String, out: &mut Vec<String>) {
        match rule {
            Rule::Any(rules) | Rule::All(rules) => {
                let word = if matches!(rule, Rule::Any(_)) { "any" } else { "all" };
                for (place, rule) in rules.iter().enumerate() {
                    walk(rule, format!("{path}.{word}[{place}]"), out);
                }
            }
            Rule::Not(rule) => walk(rule, format!("{path}.not"), out),
            _ => out.push(path),
        }
    }
    let mut out = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        walk(rule.get_ref(), format!("eligibility.{list}[{place}]"), &mut out);
    }
    out
}
