//! May a creator draw, how much would arrive, when and how; or every reason why not (Q11).
use kernel::money::UNITS_PER_MINOR;
use kernel::{Asset, Day, Ppm};

use crate::method::Kind;
use crate::name::Match;
use crate::purse::Purse;
use crate::rates::{Known, NoRate, Rate};
use crate::reason::Reason;
use crate::schedule::Schedule;
use crate::terms::{Bearer, Corridor, Money, Payee, Terms};

/// A method as far as the decision needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its number.
    pub id: i64,
    /// Its kind.
    pub kind: Kind,
    /// The country that it is in.
    pub country: String,
    /// From when on money may go there.
    pub usable_us: i64,
    /// How its holder's name stands to the creator's; nothing where it cannot be compared.
    pub name: Option<Match>,
    /// Whether a person or the platform's own check said that the name is his.
    pub confirmed: bool,
}

/// A tax form on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its code, like `W-8BEN`.
    pub code: String,
    /// Through which day it holds; always, without one.
    pub through: Option<Day>,
}

/// What is known when it is decided.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Now.
    pub now_us: i64,
    /// The terms' day.
    pub today: Day,
    /// The country that the creator lives and is taxed in; nothing where it was not told.
    pub country: Option<&'a str>,
    /// Whether the wallet was closed.
    pub closed: bool,
    /// Until when the whole wallet is held: `Some(None)` is without an end.
    pub held: Option<Option<i64>>,
    /// His tax forms.
    pub forms: &'a [Form],
    /// His purse of the asset.
    pub purse: Purse,
    /// What he owes in any asset, in words.
    pub owes: &'a [String],
    /// His methods.
    pub places: &'a [Place],
    /// The schedule that he chose; empty if none.
    pub schedule: &'a str,
    /// Rates.
    pub rates: &'a Known,
}

/// What he wishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The asset of his wallet.
    pub asset: Asset,
    /// Ledger units; everything, without it.
    pub amount: Option<i64>,
    /// The method; the first that can be used, without one.
    pub method: Option<i64>,
    /// Whether a pay day asks, not he.
    pub scheduled: bool,
}

/// Something that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Why.
    pub reason: Reason,
    /// What is there.
    pub observed: String,
    /// What is wanted.
    pub required: String,
    /// When waiting alone mends it.
    pub until_us: Option<i64>,
}

/// What would happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// What leaves the wallet, in ledger units of its asset: whole minor units.
    pub amount: i64,
    /// The method.
    pub method: i64,
    /// The way.
    pub way: Corridor,
    /// The currency that is paid out.
    pub asset: Asset,
    /// The amount in that currency.
    pub gross: i64,
    /// At what rate, if it is another.
    pub rate: Option<Rate>,
    /// What is withheld as tax, and for which country.
    pub tax: i64,
    /// That country; empty where nothing is withheld.
    pub tax_country: String,
    /// The fee.
    pub fee: i64,
    /// What the creator bears of it.
    pub fee_borne: i64,
    /// What arrives.
    pub net: i64,
}

impl PartialEq for Corridor {
    fn eq(&self, other: &Corridor) -> bool {
        (&self.account, self.rail, self.method) == (&other.account, other.rail, other.method)
    }
}
impl Eq for Corridor {}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Everything that stands in the way; empty is yes.
    pub findings: Vec<Finding>,
    /// What would happen, as far as it can be told.
    pub quote: Option<Quote>,
    /// The schedule that holds.
    pub schedule: Option<Schedule>,
    /// The least that can be drawn, in ledger units of the wallet's asset, where it can be told.
    pub minimum: Option<i64>,
}

impl Decision {
    /// What is done, if nothing stands in the way.
    #[must_use]
    pub fn allowed(&self) -> Option<&Quote> {
        self.quote.as_ref().filter(|_| self.findings.is_empty())
    }
}

struct Desk<'a> {
    terms: &'a Terms,
    facts: &'a Facts<'a>,
    wish: &'a Wish,
    findings: Vec<Finding>,
}

/// Decides. All rules are looked at, also after one that does not hold.
#[must_use]
pub fn decide(terms: &Terms, facts: &Facts<'_>, wish: &Wish) -> Decision {
    let mut desk = Desk { terms, facts, wish, findings: Vec::new() };
    desk.wallet();
    let payee = desk.payee();
    let schedule = payee.and_then(|payee| desk.schedule(payee));
    let place = desk.place();
    let minimum = payee.and_then(|payee| desk.at_least(&payee.minimum));
    let amount = desk.amount(payee, minimum);
    let quote = place.and_then(|place| desk.quote(place, amount));
    let mut findings = desk.findings;
    findings.sort_by_key(|finding| Reason::ALL.iter().position(|known| *known == finding.reason));
    findings.dedup();
    Decision { findings, quote, schedule, minimum }
}

impl<'a> Desk<'a> {
    fn find(&mut self, reason: Reason, observed: impl Into<String>, required: impl Into<String>) {
        let (observed, required) = (observed.into(), required.into());
        self.findings.push(Finding { reason, observed, required, until_us: None });
    }

    fn until(&mut self, until_us: Option<i64>) {
        if let Some(last) = self.findings.last_mut() {
            last.until_us = until_us;
        }
    }

    fn shown(&self, units: i64) -> String {
        format!("{} {}", self.wish.asset.format(units), self.wish.asset.code())
    }

    fn wallet(&mut self) {
        if self.facts.closed {
            self.find(Reason::WalletClosed, "", "");
        }
        if let Some(until) = self.facts.held {
            self.find(Reason::WalletHeld, "", "");
            self.until(until);
        }
        if !self.facts.owes.is_empty() && !self.terms.wallet.draw_while_owing {
            self.find(Reason::Owes, self.facts.owes.join(", "), "");
        }
        let Some(country) = self.facts.country else {
            self.find(Reason::IdentityMissing, "", "");
            return;
        };
        let Some(tax) = self.terms.tax(country) else { return };
        if !tax.forms.is_empty() && !self.has_form(&tax.forms) && tax.without_form.is_none() {
            let there: Vec<&str> = self.facts.forms.iter().map(|form| form.code.as_str()).collect();
            self.find(Reason::TaxFormMissing, there.join(", "), tax.forms.join(", "));
        }
    }

    fn has_form(&self, wanted: &[String]) -> bool {
        self.facts.forms.iter().any(|form| {
            wanted.contains(&form.code) && form.through.is_none_or(|last| last >= self.facts.today)
        })
    }

    fn payee(&mut self) -> Option<&'a Payee> {
        let country = self.facts.country?;
        let payee = self.terms.payee(country, &self.wish.asset);
        if payee.is_none() {
            self.find(Reason::NoTerms, format!("{country}, {}", self.wish.asset.code()), "");
        }
        payee
    }

    fn schedule(&mut self, payee: &Payee) -> Option<Schedule> {
        // A choice that is not offered any more falls back to what is.
        let chosen = payee.schedule(self.facts.schedule).or_else(|| payee.schedule(""))?;
        if chosen != Schedule::OnDemand && !self.wish.scheduled {
            let next = chosen.next(self.facts.today);
            self.find(Reason::NotAPayDay, chosen.word(), "");
            let at = |day| self.terms.zone().at_us(day, self.terms.pay_at.0);
            self.until(next.map(at));
        }
        Some(chosen)
    }

    /// The method: the one that is named, or else the first that can be used.
    fn place(&mut self) -> Option<&'a Place> {
        let places = self.facts.places;
        let named = |place: &&Place| self.wish.method.is_none_or(|id| place.id == id);
        let usable = |place: &&&Place| {
            let known = matches!(place.kind, Kind::Bank | Kind::Card);
            let fits = place.name == Some(Match::Same) || (place.name.is_none() && !known);
            (fits || place.confirmed) && place.usable_us <= self.facts.now_us
        };
        let candidates: Vec<&Place> = places.iter().filter(named).collect();
        let place = candidates.iter().find(usable).or(candidates.first()).copied();
        let Some(place) = place else {
            self.find(Reason::NoRealNameMethod, "", "");
            return None;
        };
        match place.name {
            Some(Match::Different) if !place.confirmed => self.find(Reason::NameMismatch, "", ""),
            Some(Match::Close) if !place.confirmed => {
                self.find(Reason::NameUnderReview, "", "");
            }
            // A bank or card without a name to compare it with is bound to nobody (R92).
            None if !place.confirmed && matches!(place.kind, Kind::Bank | Kind::Card) => {
                self.find(Reason::NameUnderReview, "", "");
            }
            _ => {}
        }
        if place.usable_us > self.facts.now_us {
            self.find(Reason::MethodCoolingOff, "", "");
            self.until(Some(place.usable_us));
        }
        Some(place)
    }

    /// A minimum or maximum in the wallet's asset: the least amount that is worth it.
    fn at_least(&mut self, money: &Money) -> Option<i64> {
        if money.asset == self.wish.asset {
            return Some(money.units);
        }
        let wallet = self.wish.asset.clone();
        let rate = self.rate(wallet.code(), money.asset.code())?;
        rate.worth(money.units, &wallet, &money.asset)
    }

    fn rate(&mut self, from: &str, to: &str) -> Option<Rate> {
        let Some(exchange) = &self.terms.exchange else {
            self.find(Reason::RateMissing, format!("{from}, {to}"), "");
            return None;
        };
        match self.facts.rates.rate((from, to), self.facts.today, exchange.stale_days) {
            Ok(rate) => Some(rate),
            Err(why) => {
                let reason = match why {
                    NoRate::Missing(_) => Reason::RateMissing,
                    NoRate::Stale(_) => Reason::RateStale,
                    NoRate::Ended(..) => Reason::CurrencyEnded,
                };
                self.find(reason, why.to_string(), "");
                None
            }
        }
    }

    /// What is drawn, in whole minor units; compared with what is there and with the terms.
    fn amount(&mut self, payee: Option<&Payee>, minimum: Option<i64>) -> i64 {
        let available = self.facts.purse.available;
        let wished = self.wish.amount.unwrap_or(available);
        let amount = wished - wished.rem_euclid(UNITS_PER_MINOR);
        if amount > available {
            let (observed, required) = (self.shown(available), self.shown(amount));
            self.find(Reason::NotEnough, observed, required);
        }
        if let Some(least) = minimum
            && amount < least
        {
            let (observed, required) = (self.shown(amount), self.shown(least));
            self.find(Reason::BelowMinimum, observed, required);
        } else if amount <= 0 {
            let (observed, required) = (self.shown(amount), self.shown(UNITS_PER_MINOR));
            self.find(Reason::BelowMinimum, observed, required);
        }
        let maximum = payee.and_then(|payee| payee.maximum.clone());
        let most = maximum.and_then(|most| self.at_least(&most));
        if let Some(most) = most.filter(|most| amount > *most) {
            // What a pay day finds above it waits for the next one.
            if self.wish.scheduled || self.wish.amount.is_none() {
                return most;
            }
            let (observed, required) = (self.shown(amount), self.shown(most));
            self.find(Reason::AboveMaximum, observed, required);
        }
        amount
    }

    fn quote(&mut self, place: &Place, amount: i64) -> Option<Quote> {
        let asked = amount;
        let wallet = &self.wish.asset;
        let ways: Vec<&Corridor> = self.terms.ways(place.kind, &place.country).collect();
        let pays = |way: &&&Corridor| way.assets.iter().any(|asset| asset.0 == *wallet);
        let Some(way) = ways.iter().find(pays).or(ways.first()).copied() else {
            let observed = format!("{}, {}", place.kind.word(), place.country);
            self.find(Reason::MethodNotApproved, observed, "");
            return None;
        };
        let asset = way.assets.first()?.0.clone();
        let (rate, gross) = if asset == *wallet {
            (None, amount)
        } else {
            let rate = self.rate(wallet.code(), asset.code())?;
            let gross = rate.exchange(amount, wallet, &asset)?;
            (Some(rate), gross)
        };
        let shown = |units: i64| format!("{} {}", asset.format(units), asset.code());
        if let Some(least) = way.minimum.as_ref().filter(|least| gross < least.units) {
            self.find(Reason::BelowMinimum, shown(gross), least.to_string());
        }
        let over = way.maximum.as_ref().filter(|most| gross > most.units);
        if let Some(most) = over
            && rate.is_none()
            && (self.wish.scheduled || self.wish.amount.is_none())
        {
            // What is above it waits for the next time.
            return self.quote(place, most.units);
        }
        if let Some(most) = over {
            self.find(Reason::AboveMaximum, shown(gross), most.to_string());
        }
        let (tax, tax_country) = self.tax(gross);
        let fee = fee(way, gross);
        let fee_borne = if way.fee_by == Bearer::Creator { fee } else { 0 };
        let Some(unit) = crate::unit::smallest(way.rail, &asset) else {
            self.find(Reason::MethodNotApproved, format!("{}, {asset}", way.rail.word()), "");
            return None;
        };
        // What the rail cannot carry stays: in the wallet, or as rounding of the exchange.
        let rest = (gross - tax - fee_borne).rem_euclid(unit);
        let amount = if rate.is_none() { amount - rest } else { amount };
        let gross = gross - rest;
        let net = gross - tax - fee_borne;
        if net <= 0 || amount <= 0 {
            if asked > 0 {
                self.find(Reason::FeeTakesAll, shown(gross), shown(fee_borne + tax));
            }
            return None;
        }
        let (method, way) = (place.id, way.clone());
        Some(Quote {
            amount,
            method,
            way,
            asset,
            gross,
            rate,
            tax,
            tax_country,
            fee,
            fee_borne,
            net,
        })
    }

    /// What is withheld: a share, rounded down to minor units.
    fn tax(&self, gross: i64) -> (i64, String) {
        let none = (0, String::new());
        let Some(tax) = self.facts.country.and_then(|country| self.terms.tax(country)) else {
            return none;
        };
        let on_file = tax.forms.is_empty() || self.has_form(&tax.forms);
        let share = if on_file { Some(tax.withhold) } else { tax.without_form };
        let units = share.map_or(0, |share| part(gross, share.0));
        if units == 0 { none } else { (units, tax.to.0.clone()) }
    }
}

/// A share of an amount, rounded down to minor units.
fn part(amount: i64, share: Ppm) -> i64 {
    let units = i64::try_from(share.of_value(i128::from(amount))).unwrap_or(0);
    units - units.rem_euclid(UNITS_PER_MINOR)
}

/// A way's fee of an amount.
#[must_use]
pub fn fee(way: &Corridor, gross: i64) -> i64 {
    let fixed = way.fee.as_ref().map_or(0, |fee| fee.units);
    let both = fixed + part(gross, way.fee_share.0);
    way.fee_max.as_ref().map_or(both, |most| both.min(most.units))
}

/// What is known of the risk of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Risk {
    /// The amount over the terms' limit, decided by the caller who knows the rates.
    pub above: bool,
    /// Payouts of this creator that were paid before.
    pub paid_before: i64,
    /// Age of the method in days.
    pub method_days: i64,
    /// Whether another creator draws to the same place.
    pub shared: bool,
    /// Whether the holder's name was confirmed by a person because it is only close.
    pub close: bool,
    /// Days since the creator was last clear of sanctions lists; nothing if never, or if not.
    pub clear_days: Option<i64>,
    /// Whether he was found on one.
    pub listed: bool,
}

/// Why a person looks at a payout before it goes; empty where nobody needs to.
#[must_use]
pub fn causes(terms: &Terms, risk: &Risk) -> Vec<&'static str> {
    let rules = &terms.review;
    let screening = i64::from(rules.screening_days);
    let all = [
        (risk.listed, "sanctions_listed"),
        (screening > 0 && risk.clear_days.is_none_or(|days| days > screening), "not_screened"),
        (rules.above.is_some() && risk.above, "above_amount"),
        (rules.first && risk.paid_before == 0, "first_payout"),
        (risk.method_days < i64::from(rules.method_days), "new_method"),
        (rules.shared_methods && risk.shared, "shared_method"),
        (rules.close_names && risk.close, "close_name"),
    ];
    all.into_iter().filter(|(applies, _)| *applies).map(|(_, word)| word).collect()
}
