//! How creators become members: by invitation or application, with a review or without
//! (requirements R44 to R54, C16).
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::PolicyError;

/// Who makes the first step (R44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The creator applies.
    #[default]
    Application,
    /// The program invites.
    Invitation,
    /// Either.
    Both,
}

impl Mode {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Mode::Application => "application",
            Mode::Invitation => "invitation",
            Mode::Both => "both",
        }
    }
}

/// How creators become members.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Admission {
    /// Who makes the first step.
    pub mode: Mode,
    /// Days that an invitation is open.
    pub invitation_days: Option<u16>,
    /// The review of applications; without it who is eligible is in at once.
    pub review: Option<ReviewRules>,
    /// Days after the last review before one may apply again: after the first rejection, the
    /// second, and so on; the last one holds for all that follow (R48).
    pub cooldown_days: Vec<u16>,
}

/// What is looked at in an application (R49 to R52).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Made by oneself, or made anew with depth.
    Originality,
    /// How good it is.
    Quality,
    /// One of the four senses: what the viewer gains.
    Gain,
    /// One of the four senses: surprise.
    Surprise,
    /// One of the four senses: how well it expresses itself.
    Expressiveness,
    /// One of the four senses: how it carries one along.
    Infectiousness,
    /// Picture, sound, subtitles.
    Presentation,
}

impl Criterion {
    /// Every criterion with its word.
    pub const WORDS: [(Criterion, &'static str); 7] = [
        (Criterion::Originality, "originality"),
        (Criterion::Quality, "quality"),
        (Criterion::Gain, "gain"),
        (Criterion::Surprise, "surprise"),
        (Criterion::Expressiveness, "expressiveness"),
        (Criterion::Infectiousness, "infectiousness"),
        (Criterion::Presentation, "presentation"),
    ];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = Criterion::WORDS.iter().find(|(criterion, _)| *criterion == self);
        found.map_or("", |(_, word)| word)
    }

    /// The criterion of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Criterion> {
        let found = Criterion::WORDS.iter().find(|(_, known)| *known == word);
        found.map(|(criterion, _)| *criterion)
    }
}

/// The best grade; the worst is 1.
pub const GRADE_MAX: u8 = 5;

/// The review of applications.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRules {
    /// Working days of the creator's country within which it is decided (R46).
    pub working_days: u16,
    /// Working days before that on which a case that waits is moved to the front.
    #[serde(default = "one")]
    pub escalate_days: u16,
    /// Recent works that are graded.
    #[serde(default = "five")]
    pub works: u16,
    /// Of a thousand cases, so many are seen by a second reviewer.
    #[serde(default)]
    pub second_permille: u16,
    /// What each work is graded by, from 1 to 5, and the least average (R49 to R52).
    #[serde(default)]
    pub rubric: BTreeMap<Criterion, u8>,
}

fn one() -> u16 {
    1
}

fn five() -> u16 {
    5
}

impl Admission {
    /// Days before one may apply again after so many rejections in a row.
    #[must_use]
    pub fn cooldown(&self, rejections: i64) -> u16 {
        let place = usize::try_from(rejections.saturating_sub(1)).unwrap_or(0);
        let found = self.cooldown_days.get(place).or(self.cooldown_days.last());
        found.copied().unwrap_or(0)
    }
}

/// What makes no sense.
pub(crate) fn check(rules: &Admission) -> Result<(), PolicyError> {
    let refuse = |message: &str, help: &str| {
        Err(PolicyError { message: message.to_owned(), span: None, help: Some(help.to_owned()) })
    };
    let Some(review) = &rules.review else { return Ok(()) };
    if review.working_days == 0 || review.working_days > 250 {
        return refuse("a review within 0 or more than 250 working days", "write 5, say");
    }
    if review.escalate_days >= review.working_days {
        return refuse(
            "escalate_days is not before the review is due",
            "write less than working_days",
        );
    }
    if review.second_permille > 1_000 {
        return refuse("second_permille is more than all", "write 0 to 1000");
    }
    if review.works == 0 || review.works > 100 {
        return refuse("a review of 0 or more than 100 works", "write 5, say");
    }
    if review.rubric.values().any(|least| *least == 0 || *least > GRADE_MAX) {
        return refuse("a rubric's least average is from 1 to 5", "write 3, say");
    }
    Ok(())
}
