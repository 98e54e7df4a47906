//! Deciding of all creators in one pass: who of the members goes on to earn, and for every creator
//! whether he may enter (requirements R30, R2, N29).
use std::collections::{BTreeMap, HashSet};

use catalog::{CreatorFacts, as_of};
use kernel::{Day, cast};
use lake::Table;
use program::Policy;
use program::entry::{Answer, Candidate, Check, Window};
use program::membership::{Act, State};
use serde_json::{Value, json};
use store::MembershipRow;

use crate::directory::Directory;
use crate::entry::{SUCCESSIONS_MAX, umbrellas};
use crate::error::Error;
use crate::membership::{Desk, Who, state_of};
use crate::programs::{self, Published};
use crate::windows::Windows;
use crate::workspace::Stipend;
use crate::{outbox, threads};

/// More than so many creators are looked at in one pass over all.
const ONE_BY_ONE: usize = 20;

/// What a member's conditions came to.
struct Change {
    creator: String,
    act: Act,
}

/// Looks at all members of a program, or at some: who does not hold what is asked of members earns
/// nothing until he does. What is not known changes nothing.
///
/// # Errors
/// [`Error::Missing`] when there is no such program; when the database fails.
pub fn members(
    stipend: &mut Stipend,
    program: &str,
    only: Option<&[String]>,
    now_us: i64,
) -> Result<Value, Error> {
    let all = programs::all(stipend)?;
    let current = programs::in_effect(&all, now_us);
    let gone = || Error::Missing(format!("there is no program `{program}`"));
    let version = current.iter().find(|version| version.row.program == program);
    let policy = &version.ok_or_else(gone)?.policy;
    if policy.admission.is_none() {
        return Ok(json!({ "members": 0 }));
    }
    let day = policy.zone.day_of(now_us);
    let mut rows = match only {
        Some(creators) => {
            let mut found = Vec::new();
            for creator in creators {
                found.extend(stipend.db.membership(program, creator)?);
            }
            found
        }
        None => stipend.db.memberships(program)?,
    };
    // Who was suspended by a person is restored by one.
    rows.retain(|row: &MembershipRow| match state_of(row) {
        Some(State::Approved { .. }) => true,
        Some(State::Suspended { by_rule, .. }) => by_rule,
        _ => false,
    });
    if rows.is_empty() {
        return Ok(json!({ "members": 0 }));
    }
    let belonging = Belonging::load(stipend, &all, &[policy])?;
    let mut changes = Vec::new();
    match only {
        Some(_) if rows.len() <= ONE_BY_ONE => {
            for row in &rows {
                let windows = Windows::of_one(stipend, &row.creator, &[policy], day)?;
                let versions = stipend.db.creator_versions(&row.creator)?;
                changes.extend(change(policy, row, &versions, (&windows, 0), &belonging));
            }
        }
        _ => {
            let directory = Directory::load(&mut stipend.db, &stipend.keys)?;
            let windows = Windows::of_all(stipend, &directory, &[policy], day)?;
            for row in &rows {
                let Some(place) = directory.creator_named(&row.creator) else { continue };
                let place = cast::index(place);
                let versions = directory.creators.versions(place);
                changes.extend(change(policy, row, versions, (&windows, place), &belonging));
            }
        }
    }
    let count = |suspends: bool| {
        changes.iter().filter(|one| matches!(one.act, Act::Suspend { .. }) == suspends).count()
    };
    let done = json!({ "members": rows.len(), "suspended": count(true), "restored": count(false) });
    let actor = stipend.actor.clone();
    for some in changes.chunks(1_000) {
        stipend.db.write(|db| {
            let mut desk = Desk::of(db, program, now_us)?;
            for one in some {
                let why = "the rules of the program, looked at again";
                let who = Who { actor: &actor, why, creator: &one.creator };
                // Another may have come first.
                match desk.step(db, &who, &one.act) {
                    Ok(()) | Err(Error::Conflict { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok::<_, Error>(())
        })?;
    }
    Ok(done)
}

/// Gathers the members of a program, and those whom programs that took its place have; of them
/// `only` some.
fn gather(
    stipend: &mut Stipend,
    program: &str,
    only: Option<&HashSet<String>>,
    members: &mut HashSet<String>,
    left: usize,
) -> Result<(), Error> {
    let mut moved: BTreeMap<String, HashSet<String>> = BTreeMap::new();
    for row in stipend.db.memberships(program)? {
        if only.is_some_and(|only| !only.contains(&row.creator)) {
            continue;
        }
        match state_of(&row) {
            Some(State::Approved { .. }) => {
                members.insert(row.creator);
            }
            Some(State::Superseded { by }) => {
                moved.entry(by).or_default().insert(row.creator);
            }
            _ => {}
        }
    }
    for (by, some) in moved {
        if left > 1 {
            gather(stipend, &by, Some(&some), members, left - 1)?;
        }
    }
    Ok(())
}

/// Who is a member of the programs that rules ask for.
struct Belonging {
    umbrellas: BTreeMap<String, String>,
    members: BTreeMap<String, HashSet<String>>,
}

impl Belonging {
    fn load(
        stipend: &mut Stipend,
        all: &[Published],
        policies: &[&Policy],
    ) -> Result<Belonging, Error> {
        let mut belonging = Belonging { umbrellas: umbrellas(all), members: BTreeMap::new() };
        for policy in policies {
            for program in policy.asked_programs() {
                let program = belonging.umbrellas.get(program).map_or(program, String::as_str);
                if !belonging.members.contains_key(program) {
                    let (program, mut members) = (program.to_owned(), HashSet::new());
                    gather(stipend, &program, None, &mut members, SUCCESSIONS_MAX)?;
                    belonging.members.insert(program, members);
                }
            }
        }
        Ok(belonging)
    }

    fn holds(&self, program: &str, creator: &str) -> bool {
        let program = self.umbrellas.get(program).map_or(program, String::as_str);
        self.members.get(program).is_some_and(|members| members.contains(creator))
    }
}

fn change(
    policy: &Policy,
    row: &MembershipRow,
    versions: &[catalog::Version<CreatorFacts>],
    (windows, place): (&Windows, usize),
    belonging: &Belonging,
) -> Option<Change> {
    let facts = as_of(versions, windows.day()).unwrap_or_default();
    let state = state_of(row);
    let numbers = |window: Window<'_>| windows.get(policy, window, place);
    let belongs = |program: &str| belonging.holds(program, &row.creator);
    let candidate = Candidate {
        id: &row.creator,
        facts: &facts,
        windows: &numbers,
        belongs: &belongs,
        state: state.as_ref(),
        members: 0,
        day: windows.day(),
    };
    // Who came in against the rules of entry holds what is asked of members by name, if it is.
    if matches!(state, Some(State::Approved { forced: true })) && policy.eligibility.keep.is_none()
    {
        return None;
    }
    let mut checks = Vec::new();
    let (answer, _) = policy.keep_into(&candidate, &mut checks);
    let act = match (state.as_ref()?, answer) {
        (State::Approved { .. }, Answer::No) => {
            let failed = checks.iter().filter(|check| check.decisive && check.answer == Answer::No);
            let mut reasons: Vec<kernel::Reason> = failed.map(|check| check.reason).collect();
            reasons.dedup();
            Act::Suspend { reasons, by_rule: true }
        }
        (State::Suspended { .. }, Answer::Yes) => Act::Restore,
        _ => return None,
    };
    Some(Change { creator: row.creator.clone(), act })
}

/// What came of deciding of every creator in some programs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Everyone {
    /// Decisions made: creators times programs.
    pub decisions: u64,
    /// Of them yes, no, and not known.
    pub answers: [u64; 3],
    /// Bytes of explanations.
    pub bytes: u64,
    /// Microseconds to read the catalog.
    pub load_us: u64,
    /// Microseconds to count the windows.
    pub windows_us: u64,
    /// Microseconds to decide and to write the explanations.
    pub decide_us: u64,
}

/// How a decision is explained in a table: every check that does not hold, as `code observed; …`.
fn explain(checks: &[Check<'_>], text: &mut String) {
    use std::fmt::Write;
    let mut first = true;
    for check in checks.iter().filter(|check| check.decisive && check.answer != Answer::Yes) {
        text.push_str(if first { "" } else { "; " });
        first = false;
        // Writing to a string cannot fail.
        write!(
            text,
            "{} {}: {} / {}",
            check.rule,
            check.reason.code(),
            check.observed,
            check.required
        )
        .unwrap_or_default();
        if let Some(day) = check.earliest {
            write!(text, " from {day}").unwrap_or_default();
        }
    }
}

/// A program and a day on which it decides of all creators.
struct Pass<'a> {
    policy: &'a Policy,
    directory: &'a Directory,
    windows: &'a Windows,
    belonging: &'a Belonging,
    states: BTreeMap<String, State>,
    members: i64,
}

/// What one stretch of creators came to.
#[derive(Default)]
struct Decided {
    answers: Vec<Answer>,
    earliest: Vec<Option<Day>>,
    /// All explanations one after another, and where each ends.
    text: String,
    ends: Vec<usize>,
}

impl<'a> Pass<'a> {
    fn load(
        stipend: &mut Stipend,
        policy: &'a Policy,
        directory: &'a Directory,
        windows: &'a Windows,
        belonging: &'a Belonging,
    ) -> Result<Pass<'a>, Error> {
        let rows = stipend.db.memberships(&policy.program)?;
        let states = rows.iter().filter_map(|row| Some((row.creator.clone(), state_of(row)?)));
        let states = states.collect();
        let members = stipend.db.count_members(&policy.program)?;
        Ok(Pass { policy, directory, windows, belonging, states, members })
    }

    fn stretch(&self, places: std::ops::Range<usize>) -> Decided {
        let mut out = Decided::default();
        let nobody = CreatorFacts::default();
        for place in places {
            let id = &self.directory.creators.ids()[place];
            let held = as_of(self.directory.creators.versions(place), self.windows.day());
            let facts = held.as_deref().unwrap_or(&nobody);
            let numbers = |window: Window<'_>| self.windows.get(self.policy, window, place);
            let belongs = |program: &str| self.belonging.holds(program, id);
            let candidate = Candidate {
                id,
                facts,
                windows: &numbers,
                belongs: &belongs,
                state: self.states.get(id),
                members: self.members,
                day: self.windows.day(),
            };
            let mut checks = Vec::new();
            let (answer, earliest) = self.policy.entry_into(&candidate, &mut checks);
            out.answers.push(answer);
            out.earliest.push(earliest);
            explain(&checks, &mut out.text);
            out.ends.push(out.text.len());
        }
        out
    }
}

/// Told each program's decisions as a table.
pub type Keep<'a> = &'a mut dyn FnMut(&str, Table);

/// Decides of every creator in some programs on a day. `timer` gives microseconds that only grow.
///
/// # Errors
/// [`Error::Missing`] when there is no such program.
pub fn everyone(
    stipend: &mut Stipend,
    programs: &[String],
    day: Day,
    timer: &dyn Fn() -> u64,
    mut keep: Option<Keep<'_>>,
) -> Result<Everyone, Error> {
    const CHUNK: usize = 8_192;
    let began = timer();
    let all = programs::all(stipend)?;
    let mut policies = Vec::new();
    for name in programs {
        let mut of = all.iter().filter(|version| version.row.program == *name);
        let version = of.rfind(|version| version.policy.effective <= day);
        let missing = || Error::Missing(format!("the program {name} has no version on {day}"));
        policies.push(&version.ok_or_else(missing)?.policy);
    }
    let directory = Directory::load(&mut stipend.db, &stipend.keys)?;
    let load_us = timer() - began;
    let began = timer();
    let windows = Windows::of_all(stipend, &directory, &policies, day)?;
    let windows_us = timer() - began;
    let belonging = Belonging::load(stipend, &all, &policies)?;
    let mut found = Everyone { load_us, windows_us, ..Everyone::default() };
    let creators = directory.creators.len();
    for policy in policies {
        let pass = Pass::load(stipend, policy, &directory, &windows, &belonging)?;
        let began = timer();
        let parts = threads::for_each(stipend.threads, creators.div_ceil(CHUNK), |chunk| {
            pass.stretch(chunk * CHUNK..creators.min((chunk + 1) * CHUNK))
        });
        for part in &parts {
            found.bytes += cast::wide(part.text.len());
            for answer in &part.answers {
                let place = match answer {
                    Answer::Yes => 0,
                    Answer::No => 1,
                    Answer::Indeterminate => 2,
                };
                found.answers[place] += 1;
                found.decisions += 1;
            }
        }
        found.decide_us += timer() - began;
        if let Some(keep) = keep.as_mut() {
            keep(&policy.program, table(&directory, day, parts));
        }
    }
    Ok(found)
}

/// What a policy says of every creator's entry on a day, in the order of their ids.
pub(crate) fn answers(
    stipend: &mut Stipend,
    policy: &Policy,
    day: Day,
) -> Result<Vec<(String, Answer)>, Error> {
    let all = programs::all(stipend)?;
    let directory = Directory::load(&mut stipend.db, &stipend.keys)?;
    let windows = Windows::of_all(stipend, &directory, &[policy], day)?;
    let belonging = Belonging::load(stipend, &all, &[policy])?;
    let pass = Pass::load(stipend, policy, &directory, &windows, &belonging)?;
    let decided = pass.stretch(0..directory.creators.len());
    Ok(directory.creators.ids().iter().cloned().zip(decided.answers).collect())
}

/// The decisions as a table: creator, answer, the first day on which waiting makes it yes, and why
/// not.
fn table(directory: &Directory, day: Day, parts: Vec<Decided>) -> Table {
    let mut table = Table::default();
    let ids = directory.creators.ids();
    table.text("creator", ids.to_vec());
    table.text("day", vec![day.to_string(); ids.len()]);
    let (mut answers, mut earliest, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        answers.extend(part.answers.iter().map(|answer| answer.word().to_owned()));
        let days = part.earliest.iter().map(|day| day.map_or(String::new(), |day| day.to_string()));
        earliest.extend(days);
        let mut start = 0;
        for end in part.ends {
            texts.push(part.text[start..end].to_owned());
            start = end;
        }
    }
    table.text("answer", answers);
    table.text("earliest", earliest);
    table.text("why", texts);
    table
}

/// Numbers of windows of all creators, as rules of entry count them: views of the days before a
/// day, by the program's settled days, and posts.
///
/// # Errors
/// [`Error::Missing`] when there is no such program.
pub fn window_table(
    stipend: &mut Stipend,
    program: Option<&str>,
    day: Day,
) -> Result<Table, Error> {
    let versions = programs::versions(stipend, program)?;
    let version = versions.iter().rev().find(|version| version.policy.effective <= day);
    let missing = || Error::Missing(format!("the program has no version on {day}"));
    let policy = &version.ok_or_else(missing)?.policy;
    let directory = Directory::load(&mut stipend.db, &stipend.keys)?;
    let windows = Windows::of_all(stipend, &directory, &[policy], day)?;
    let mut table = Table::default();
    table.text("creator", directory.creators.ids().to_vec());
    for window in policy.windows() {
        let name = match window {
            Window::Views(None, days) => format!("views_{days}d"),
            Window::Views(Some(program), days) => format!("views_{days}d_of_{program}"),
            Window::Watch(None, days) => format!("watch_minutes_{days}d"),
            Window::Watch(Some(program), days) => format!("watch_minutes_{days}d_of_{program}"),
            Window::Posts(days) => format!("posts_{days}d"),
            Window::Original(days) => format!("original_percent_{days}d"),
            Window::Graded(grades, days) => format!("graded_{}_percent_{days}d", grades.join("_")),
            Window::Signed => "signed_creators".to_owned(),
        };
        let of = |place: usize| windows.get(policy, window, place).unwrap_or(-1);
        table.int(&name, (0..directory.creators.len()).map(of).collect());
    }
    Ok(table)
}

/// Takes the members of a program over whose place this one takes from today on, and tells members
/// of what is to come; gives what was done.
pub(crate) fn succession(
    stipend: &mut Stipend,
    program: &str,
    now_us: i64,
) -> Result<Value, Error> {
    let versions = programs::versions(stipend, Some(program))?;
    // What is announced is said by a version that is not in effect yet.
    let Some(version) = versions.last() else { return Ok(json!({})) };
    let policy = &version.policy;
    let today = policy.zone.day_of(now_us);
    let notice = policy.catalogue.notice_days.map_or(0, i32::from);
    let mut taken_over = 0;
    if let Some(replaces) = &policy.catalogue.replaces {
        let (old, from) = (&replaces.program, replaces.from.0);
        let facts = json!({ "program": old, "by": program, "day": from.to_string() });
        if today >= from {
            taken_over = take_over(stipend, old, program, now_us)?;
        } else if today >= from.plus(-notice) {
            announce(stipend, old, "succession-announced", &facts, now_us)?;
        }
    }
    if let Some(last) = policy.catalogue.ends
        && today <= last.0
        && today >= last.0.plus(-notice)
    {
        let facts = json!({ "program": program, "day": last.0.to_string() });
        announce(stipend, program, "program-closing", &facts, now_us)?;
    }
    Ok(json!({ "taken_over": taken_over }))
}

/// Tells all members of a program something, once.
fn announce(
    stipend: &mut Stipend,
    program: &str,
    kind: &str,
    facts: &Value,
    now_us: i64,
) -> Result<(), Error> {
    let once = format!("told/{kind}/{facts}");
    if stipend.db.setting(&once)?.is_some() {
        return Ok(());
    }
    let members = stipend.db.memberships(program)?;
    let to: Vec<String> = members
        .iter()
        .filter(|row| row.is_in())
        .map(|row| format!("creator:{}", row.creator))
        .collect();
    let text = facts.to_string();
    stipend.db.write(|db| {
        if db.setting(&once)?.is_some() {
            return Ok(());
        }
        db.set_setting(&once, "1")?;
        db.add_messages(to.iter().map(|to| (to.as_str(), kind, text.as_str())), now_us)?;
        outbox::emit(db, "program.announced", program, facts, now_us)?;
        Ok::<_, Error>(())
    })
}

fn take_over(stipend: &mut Stipend, old: &str, new: &str, now_us: i64) -> Result<usize, Error> {
    let rows = stipend.db.memberships(old)?;
    let rows: Vec<_> = rows.into_iter().filter(MembershipRow::is_in).collect();
    let actor = stipend.actor.clone();
    for some in rows.chunks(500) {
        stipend.db.write(|db| {
            let mut from = Desk::of(db, old, now_us)?;
            let mut to = Desk::of(db, new, now_us)?;
            for row in some {
                let why = format!("{new} takes the place of {old}");
                let who = Who { actor: &actor, why: &why, creator: &row.creator };
                let suspended =
                    state_of(row).filter(|state| !matches!(state, State::Approved { .. }));
                match from.step(db, &who, &Act::Supersede { by: new.to_owned() }) {
                    Ok(()) => {}
                    // He left, or another came first.
                    Err(Error::Conflict { .. }) => continue,
                    Err(error) => return Err(error),
                }
                // Who is in already stays as he is; whom a decision put out of the new program
                // does not come in by the old one.
                if matches!(
                    to.state(db, &row.creator)?,
                    Some(State::Approved { .. } | State::Suspended { .. } | State::Removed)
                ) {
                    continue;
                }
                to.close_review(db, &row.creator)?;
                to.step(db, &who, &Act::Override)?;
                if let Some(State::Suspended { reasons, by_rule, .. }) = suspended {
                    to.step(db, &who, &Act::Suspend { reasons, by_rule })?;
                }
            }
            Ok::<_, Error>(())
        })?;
    }
    Ok(rows.len())
}
