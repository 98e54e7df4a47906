//! The catalog in the order of ids, and the facts of works and creators on settled days.
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use catalog::{CreatorFacts, Facts, Version, WorkFacts, as_of};
use kernel::{Day, Reason, Zone, cast};
use metering::{DayFacts, Index, NO_LENGTH, WorkTable, WorkToday};
use program::document::Membership;
use program::{Factor, Policy};
use store::{Db, StoreError};

use lake::Keys;

use crate::error::Error;
use crate::programs::{self, Published};
use crate::threads;

/// Works, or creators, in the order of their ids: a place is a rank. All facts lie one after
/// another, so that going through all subjects reads memory in its order.
#[derive(Debug)]
pub(crate) struct Subjects<F> {
    ids: Vec<String>,
    hashes: Vec<i64>,
    versions: Vec<Version<F>>,
    /// Where each subject's versions end.
    ends: Vec<u32>,
}

impl<F> Subjects<F> {
    /// Subjects by their ids and hashes; `read` tells the versions of each.
    fn new(
        mut known: Vec<(String, i64)>,
        read: impl FnOnce(&mut dyn FnMut(&str, Version<F>)) -> Result<(), StoreError>,
    ) -> Result<Subjects<F>, StoreError> {
        known.sort_by(|a, b| kernel::id::order(&a.0, &b.0));
        let (ids, hashes): (Vec<String>, Vec<i64>) = known.into_iter().unzip();
        let places: HashMap<&str, u32> = ids.iter().map(String::as_str).zip(0..).collect();
        let mut said: Vec<(u32, Version<F>)> = Vec::with_capacity(ids.len());
        read(&mut |id, version| {
            if let Some(place) = places.get(id) {
                said.push((*place, version));
            }
        })?;
        // Stable: the versions of one subject stay in their order.
        said.sort_by_key(|(place, _)| *place);
        let mut ends = vec![0; ids.len()];
        for (place, _) in &said {
            ends[cast::index(*place)] += 1;
        }
        let mut end = 0;
        for count in &mut ends {
            end += *count;
            *count = end;
        }
        let versions = said.into_iter().map(|(_, version)| version).collect();
        Ok(Subjects { ids, hashes, versions, ends })
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn ids(&self) -> &[String] {
        &self.ids
    }

    pub(crate) fn hashes(&self) -> &[i64] {
        &self.hashes
    }

    /// What was said of the subject at a place; nothing where there is none.
    pub(crate) fn versions(&self, place: usize) -> &[Version<F>] {
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = start.map_or(0, |start| cast::index(*start));
        let end = self.ends.get(place).map_or(start, |end| cast::index(*end));
        &self.versions[start..end]
    }

    fn versions_mut(&mut self, place: usize) -> &mut [Version<F>] {
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = start.map_or(0, |start| cast::index(*start));
        let end = self.ends.get(place).map_or(start, |end| cast::index(*end));
        &mut self.versions[start..end]
    }

    fn each(&self) -> impl Iterator<Item = &[Version<F>]> {
        (0..self.len()).map(|place| self.versions(place))
    }
}

/// Works and creators, each in the order of ids: a place is a rank.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) works: Subjects<WorkFacts>,
    pub(crate) creators: Subjects<CreatorFacts>,
    work_index: Arc<Index>,
    creator_index: Arc<Index>,
    creator_place: HashMap<String, u32>,
    /// The viewer hash of each creator, if no version ever changes it; else `None`.
    steady_account: Vec<Option<i64>>,
    /// Place of each work's creator, if no version ever changes it; else `None`.
    steady_creator: Vec<Option<u32>>,
    /// Who was a member when, by program: for policies that pay members only.
    members: HashMap<String, Members>,
}

/// How a creator stands to the program from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spell {
    /// A member.
    In,
    /// A member who earns nothing for now.
    Suspended,
    /// Not a member.
    Out,
}

/// By creator's place: his spells, in order.
#[derive(Debug, Default)]
struct Members(HashMap<u32, Vec<(Day, Spell)>>);

impl Members {
    /// Since when a creator is a member on a day. A suspension earns nothing and is no new joining;
    /// who left and comes back joins anew.
    fn since(&self, place: u32, day: Day) -> Option<Day> {
        let (mut since, mut now) = (None::<Day>, Spell::Out);
        for (from, spell) in self.0.get(&place)?.iter().filter(|(from, _)| *from <= day) {
            now = *spell;
            since = match spell {
                Spell::In => since.or(Some(*from)),
                Spell::Suspended => since,
                Spell::Out => None,
            };
        }
        since.filter(|_| now == Spell::In)
    }
}

impl Directory {
    /// Reads who is a member of the programs whose members some versions of a program pay: its own,
    /// or its umbrella's. A step belongs to the day of the program that settles, whatever the zone
    /// of the umbrella is.
    pub(crate) fn with_members(
        mut self,
        db: &mut Db,
        versions: &[Published],
    ) -> Result<Directory, Error> {
        for version in versions {
            let policy = &version.policy;
            let program = programs::members_of(policy);
            if policy.accounts.membership == Membership::Members
                && !self.members.contains_key(program)
            {
                let members = self.members(db, program, &policy.zone)?;
                self.members.insert(program.to_owned(), members);
            }
        }
        Ok(self)
    }

    fn members(&self, db: &mut Db, program: &str, zone: &Zone) -> Result<Members, Error> {
        let mut members: HashMap<u32, Vec<(Day, Spell)>> = HashMap::new();
        let places = &self.creator_place;
        db.each_step(program, &mut |creator, state, at_us| {
            if let Some(place) = places.get(creator) {
                let spell = match state {
                    "approved" => Spell::In,
                    "suspended" => Spell::Suspended,
                    _ => Spell::Out,
                };
                members.entry(*place).or_default().push((zone.day_of(at_us), spell));
            }
        })?;
        Ok(Members(members))
    }

    /// What is known of a creator on a day, under a policy: where only members are paid, the day of
    /// joining is the day on which he became one.
    fn creator_on(&self, policy: &Policy, place: u32, day: Day) -> Option<Cow<'_, CreatorFacts>> {
        let mut facts = as_of(self.creators.versions(cast::index(place)), day);
        if policy.accounts.membership == Membership::Members {
            let members = self.members.get(programs::members_of(policy));
            let since = members.and_then(|members| members.since(place, day));
            let held = facts.get_or_insert_with(Cow::default);
            if held.joined != since {
                held.to_mut().joined = since;
            }
        }
        facts
    }

    /// Reads the whole catalog.
    pub(crate) fn load(db: &mut Db, keys: &Keys) -> Result<Directory, Error> {
        let works = Subjects::new(db.works()?, |tell| db.each_work_version(tell))?;
        let creators = Subjects::new(db.creators()?, |tell| db.each_creator_version(tell))?;
        let creator_place: HashMap<String, u32> = creators.ids.iter().cloned().zip(0..).collect();
        let steady_creator = |versions: &[Version<WorkFacts>]| {
            let place = |id| creator_place.get(id).copied();
            only(versions, |facts| facts.creator.as_deref()).and_then(place)
        };
        let steady_creator = works.each().map(steady_creator).collect();
        let steady_account = |versions: &[Version<CreatorFacts>]| {
            only(versions, |facts| facts.account.as_deref()).map(|id| account(keys, id))
        };
        let steady_account = creators.each().map(steady_account).collect();
        let work_index = Arc::new(Index::of(&works.hashes));
        let creator_index = Arc::new(Index::of(&creators.hashes));
        Ok(Directory {
            works,
            creators,
            work_index,
            creator_index,
            creator_place,
            steady_account,
            steady_creator,
            members: HashMap::new(),
        })
    }

    /// Takes what was said wrongly of a work out of it.
    pub(crate) fn strike_work(&mut self, work: &str, strike: &appeal::Strike) {
        if let Some(place) = self.work_named(work) {
            strike.work(self.works.versions_mut(place));
        }
    }

    /// The same of a creator.
    pub(crate) fn strike_creator(&mut self, creator: &str, strike: &appeal::Strike) {
        if let Some(place) = self.creator_named(creator) {
            strike.creator(self.creators.versions_mut(cast::index(place)));
        }
    }

    /// The place that stands for "no known creator".
    pub(crate) fn no_creator(&self) -> u32 {
        cast::narrow(self.creators.len())
    }

    /// The id of a creator's place; empty for none.
    pub(crate) fn creator_id(&self, place: u32) -> &str {
        self.creators.ids.get(cast::index(place)).map_or("", String::as_str)
    }

    pub(crate) fn creator_named(&self, id: &str) -> Option<u32> {
        self.creator_place.get(id).copied()
    }

    pub(crate) fn work_named(&self, id: &str) -> Option<usize> {
        self.works.ids.binary_search_by(|known| kernel::id::order(known, id)).ok()
    }

    fn creator_of(&self, work: usize, facts: &WorkFacts) -> Option<u32> {
        match self.steady_creator.get(work).copied().flatten() {
            Some(place) => Some(place),
            None => facts.creator.as_ref().and_then(|id| self.creator_named(id)),
        }
    }

    /// What is known of a work and its creator on a day; nothing of a creator who is not known.
    pub(crate) fn facts(
        &self,
        policy: &Policy,
        work: usize,
        day: Day,
    ) -> Option<(Cow<'_, WorkFacts>, Cow<'_, CreatorFacts>)> {
        let facts = as_of(self.works.versions(work), day)?;
        let creator = facts.creator.as_ref().and_then(|id| self.creator_named(id));
        let creator = creator.and_then(|place| self.creator_on(policy, place, day));
        Some((facts, creator.unwrap_or_default()))
    }

    /// What a work is on a day under a policy, and by what its score is multiplied.
    fn today(&self, policy: &Policy, work: usize, day: &Creators<'_>) -> (WorkToday, Today) {
        let nobody = CreatorFacts::default();
        let unknown = |facts: &WorkFacts| {
            let today = WorkToday {
                work: self.works.hashes[work],
                account: 0,
                creator: self.no_creator(),
                length_ms: NO_LENGTH,
                exclusion: Some(Reason::UnknownWork),
            };
            (today, Today { factor: policy.factor(facts, &nobody), published_us: None })
        };
        let Some(facts) = as_of(self.works.versions(work), day.day) else {
            return unknown(&WorkFacts::default());
        };
        let Some(place) = self.creator_of(work, &facts) else {
            return unknown(&facts);
        };
        let at = cast::index(place);
        let creator = day.facts.get(at).and_then(Option::as_deref).unwrap_or(&nobody);
        let length = facts.length_ms.and_then(|length| i32::try_from(length).ok());
        let today = WorkToday {
            work: self.works.hashes[work],
            account: day.accounts.get(at).copied().unwrap_or(0),
            creator: place,
            length_ms: length.unwrap_or(NO_LENGTH),
            exclusion: policy.exclusion(&facts, creator, day.day),
        };
        let factor = policy.factor(&facts, creator);
        (today, Today { factor, published_us: facts.published_us })
    }

    /// Facts of all creators on a day.
    fn creators_on(&self, policy: &Policy, day: Day, keys: &Keys) -> Creators<'_> {
        let places = 0..cast::narrow(self.creators.len());
        let facts: Vec<_> = places.map(|place| self.creator_on(policy, place, day)).collect();
        let hash = |(facts, steady): (&Option<Cow<'_, CreatorFacts>>, &Option<i64>)| {
            let id = facts.as_ref().and_then(|facts| facts.account.as_deref());
            id.map_or(0, |id| steady.unwrap_or_else(|| account(keys, id)))
        };
        // At the end that of "no known creator".
        let accounts = facts.iter().zip(&self.steady_account).map(hash).chain([0]).collect();
        Creators { day, facts, accounts }
    }

    /// Works and creators on a day under a policy.
    pub(crate) fn day(
        &self,
        policy: &Policy,
        day: Day,
        keys: &Keys,
        threads: usize,
    ) -> (DayFacts, Factors) {
        const CHUNK: usize = 16_384;
        let creators = self.creators_on(policy, day, keys);
        let chunks = self.works.len().div_ceil(CHUNK);
        let made: Vec<(Vec<WorkToday>, Vec<Today>)> = threads::for_each(threads, chunks, |chunk| {
            let works = chunk * CHUNK..self.works.len().min((chunk + 1) * CHUNK);
            works.map(|work| self.today(policy, work, &creators)).unzip()
        });
        let mut works = Vec::with_capacity(self.works.len());
        let mut factors = Factors {
            factors: Vec::with_capacity(self.works.len()),
            posts: vec![0; self.creators.len() + 1],
        };
        // The window of the bonus for regular posting.
        let window = policy.score.regular.map(|regular| {
            policy.zone.start_us(day.plus(1 - regular.days))..policy.zone.end_us(day)
        });
        for (facts, today) in made {
            for (work, today) in facts.iter().zip(&today) {
                let inside = |time| window.as_ref().is_some_and(|window| window.contains(&time));
                let posted = today.published_us.is_some_and(inside);
                factors.posts[cast::index(work.creator)] += u32::from(posted);
                factors.factors.push(today.factor);
            }
            works.extend(facts);
        }
        (DayFacts { works, accounts: creators.accounts }, factors)
    }

    /// The table that the meter works with, for some days under one policy, and their factors.
    pub(crate) fn table(
        &self,
        policy: &Policy,
        days: &[Day],
        keys: &Keys,
        threads: usize,
    ) -> (WorkTable, Vec<Factors>) {
        let (days, factors) = days.iter().map(|day| self.day(policy, *day, keys, threads)).unzip();
        let (works, creators) = (Arc::clone(&self.work_index), Arc::clone(&self.creator_index));
        (WorkTable::new(works, creators, days), factors)
    }

    /// The factor of a work credited to a creator on a day. `own` is the work's own creator.
    pub(crate) fn factor(
        &self,
        policy: &Policy,
        day: Day,
        factors: &Factors,
        work: usize,
        (creator, own): (u32, u32),
    ) -> Factor {
        let factor = if creator == own {
            factors.factors[work]
        } else {
            let facts = as_of(self.works.versions(work), day).unwrap_or_default();
            let creator = self.creator_on(policy, creator, day);
            policy.factor(&facts, &creator.unwrap_or_default())
        };
        factor.plus(policy.regular_bonus(factors.posts[cast::index(creator)]))
    }
}

/// Creators on a day.
struct Creators<'a> {
    day: Day,
    facts: Vec<Option<Cow<'a, CreatorFacts>>>,
    accounts: Vec<i64>,
}

/// What a work is on a day besides what the meter needs.
struct Today {
    factor: Factor,
    published_us: Option<i64>,
}

/// By what the scores of a day's works are multiplied.
pub(crate) struct Factors {
    /// By work, for its own creator and without the bonus for regular posting.
    factors: Vec<Factor>,
    /// By creator: posts in the window of that bonus.
    posts: Vec<u32>,
}

/// The viewer hash of an account.
fn account(keys: &Keys, id: &str) -> i64 {
    keys.secret.hash(&[id.as_bytes()])
}

/// What versions say, if all that say anything say the same.
fn only<'a, F>(
    versions: &'a [Version<F>],
    says: impl Fn(&'a F) -> Option<&'a str>,
) -> Option<&'a str> {
    let mut said = versions.iter().filter_map(|version| says(&version.facts));
    let first = said.next()?;
    said.all(|other| other == first).then_some(first)
}

/// Orders versions as [`as_of`] wants them and adds those that say something new.
pub(crate) fn news<F: Facts + PartialEq>(
    held: &[Version<F>],
    version: Version<F>,
) -> Option<Version<F>> {
    let current = as_of(held, version.effective);
    match current {
        Some(current) => {
            let mut after = current.clone().into_owned();
            after.fold(&version.facts);
            (after != *current).then_some(version)
        }
        None => Some(version),
    }
}
