//! The terms of a platform's wallets as people write them, in TOML: when income may be drawn, ways
//! out by country, currency and method, minimums, fees, schedules, reserves, reviews, taxes and
//! the platform's own accounts. Everything that a withdrawal is decided by stands here (C4, R93 to
//! R96, N4, N6, N7, N17, N25, N28).
use kernel::{Asset, Ppm, Zone};
use program::PolicyError;
use program::document::{Format, Ratio, TimeText, ZoneText};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::method::Kind;
use crate::schedule::Schedule;

/// What is wrong with a document, and where.
pub type TermsError = PolicyError;

/// An amount with its currency, like `"100.00 USD"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Money {
    /// The currency.
    pub asset: Asset,
    /// Ledger units.
    pub units: i64,
}

impl TryFrom<String> for Money {
    type Error = String;
    fn try_from(text: String) -> Result<Money, String> {
        let (amount, code) = text
            .split_once(' ')
            .ok_or_else(|| format!("`{text}`: write an amount and a currency: `100.00 USD`"))?;
        let asset = Asset::of(code).map_err(|error| error.to_string())?;
        let units = asset.parse(amount).map_err(|error| error.to_string())?;
        if units < 0 || units % kernel::money::UNITS_PER_MINOR != 0 {
            return Err(format!("`{text}` is no whole amount of what is paid out"));
        }
        Ok(Money { asset, units })
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.asset.format(self.units), self.asset.code())
    }
}

/// A currency by its ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct AssetText(pub Asset);

impl TryFrom<String> for AssetText {
    type Error = kernel::money::MoneyError;
    fn try_from(text: String) -> Result<AssetText, Self::Error> {
        Asset::of(&text).map(AssetText)
    }
}

/// A country by its two letters.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct CountryText(pub String);

impl TryFrom<String> for CountryText {
    type Error = String;
    fn try_from(text: String) -> Result<CountryText, String> {
        if kernel::country::is_country(&text) {
            return Ok(CountryText(text));
        }
        let meant = kernel::country::meant(&text);
        let meant = meant.map_or(String::new(), |code| format!(": did you mean `{code}`?"));
        Err(format!("`{text}` is no country by its two capital letters{meant}"))
    }
}

/// The whole document.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The document format. This is format 1.
    pub format: Format,
    /// What people call them.
    pub title: String,
    /// The zone of pay days and of months in statements.
    pub zone: ZoneText,
    /// The hour of a pay day at which is paid.
    #[serde(default = "ten")]
    pub pay_at: TimeText,
    /// What holds for every wallet.
    #[serde(default)]
    pub wallet: WalletRules,
    /// When the income of programs may be drawn; the first that names a program holds for it.
    #[serde(default)]
    pub income: Vec<Income>,
    /// Who is paid, when and from which minimum; the first that fits a creator's country and
    /// currency holds.
    #[serde(default)]
    pub payee: Vec<Payee>,
    /// Ways out; the first that fits holds.
    #[serde(default)]
    pub corridor: Vec<Corridor>,
    /// The platform's own accounts.
    #[serde(default)]
    pub account: Vec<CashAccount>,
    /// Rates of exchange; without it nothing is exchanged.
    pub exchange: Option<Exchange>,
    /// Which payouts a person looks at first.
    #[serde(default)]
    pub review: Review,
    /// What countries want; the first that names a creator's tax residence holds.
    #[serde(default)]
    pub tax: Vec<Tax>,
}

fn ten() -> TimeText {
    TimeText::try_from("10:00".to_owned()).unwrap_or_else(|_| unreachable!("a fixed time"))
}

/// What holds for every wallet.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WalletRules {
    /// Hours before money goes to a method that is new (N25).
    pub cooling_hours: u16,
    /// Minutes in which a creator may take a withdrawal back; it is in no batch before.
    pub cancel_minutes: u16,
    /// Days after which a hold that nobody released is an alarm.
    pub hold_alarm_days: u16,
    /// Whether a creator who owes may draw what he has in other currencies.
    pub draw_while_owing: bool,
    /// Days after which a wallet sleeps that nothing came to, and whose owner did nothing; 0 is
    /// never (N28).
    pub dormant_days: u16,
    /// Days after its owner was told that what is available in a sleeping wallet becomes
    /// unclaimed: it stays his, until he claims it.
    pub dormant_notice_days: u16,
}

impl Default for WalletRules {
    fn default() -> WalletRules {
        WalletRules {
            cooling_hours: 72,
            cancel_minutes: 30,
            hold_alarm_days: 30,
            draw_while_owing: false,
            dormant_days: 0,
            dormant_notice_days: 60,
        }
    }
}

/// When the income of programs may be drawn (R90, N7).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Income {
    /// The programs; all, if empty.
    #[serde(default)]
    pub programs: Vec<String>,
    /// Days after publication that it stays pending.
    #[serde(default)]
    pub pending_days: u16,
    /// The share that is kept in the reserve.
    #[serde(default = "nought")]
    pub reserve: Ratio,
    /// For so many days.
    #[serde(default)]
    pub reserve_days: u16,
}

fn nought() -> Ratio {
    Ratio(Ppm::ZERO)
}

/// Who is paid, when and from which minimum.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payee {
    /// Countries that creators live in; all, if empty.
    #[serde(default)]
    pub countries: Vec<CountryText>,
    /// Currencies of their wallets; all, if empty.
    #[serde(default)]
    pub assets: Vec<AssetText>,
    /// How often is paid: `on-demand`, `weekly`, `monthly`. A creator chooses; the first holds for
    /// one who has not.
    pub schedules: Vec<ScheduleWord>,
    /// The day of the week, like `Mon`, for `weekly`.
    #[serde(default = "monday")]
    pub weekday: WeekdayText,
    /// The day of the month for `monthly`; in shorter months the last.
    #[serde(default = "first")]
    pub month_day: u8,
    /// The least that is drawn, in any currency: its equivalent holds (R93, R96).
    pub minimum: Money,
    /// The most that is drawn at once.
    pub maximum: Option<Money>,
}

fn monday() -> WeekdayText {
    WeekdayText(0)
}
fn first() -> u8 {
    1
}

/// A schedule's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleWord {
    /// When the creator asks.
    OnDemand,
    /// Each week.
    Weekly,
    /// Each month.
    Monthly,
}

/// A day of the week by its first three letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct WeekdayText(pub usize);

impl TryFrom<String> for WeekdayText {
    type Error = String;
    fn try_from(text: String) -> Result<WeekdayText, String> {
        let place = kernel::calendar::Weekend::NAMES.iter().position(|name| *name == text);
        place.map(WeekdayText).ok_or_else(|| format!("`{text}` is no day of the week like `Mon`"))
    }
}

impl Payee {
    /// The schedule of a word that these terms offer.
    #[must_use]
    pub fn schedule(&self, word: &str) -> Option<Schedule> {
        let all = self.schedules.iter().map(|offered| match offered {
            ScheduleWord::OnDemand => Schedule::OnDemand,
            ScheduleWord::Weekly => Schedule::Weekly(self.weekday.0),
            ScheduleWord::Monthly => Schedule::Monthly(i32::from(self.month_day)),
        });
        let all: Vec<Schedule> = all.collect();
        let wanted = all.iter().find(|schedule| schedule.word() == word).copied();
        if word.is_empty() { all.first().copied() } else { wanted }
    }
}

/// How a method's word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MethodWord {
    /// A bank account.
    Bank,
    /// A bound bank card.
    Card,
    /// PayPal.
    Paypal,
    /// Stripe Connect.
    Stripe,
    /// By hand.
    Manual,
}

impl MethodWord {
    /// The kind that it means.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            MethodWord::Bank => Kind::Bank,
            MethodWord::Card => Kind::Card,
            MethodWord::Paypal => Kind::PayPal,
            MethodWord::Stripe => Kind::Stripe,
            MethodWord::Manual => Kind::Manual,
        }
    }
}

/// A rail that carries money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rail {
    /// A file of SEPA credit transfers for the bank (pain.001.001.09).
    Sepa,
    /// A NACHA file for the bank.
    Nacha,
    /// Stripe Connect.
    Stripe,
    /// PayPal Payouts.
    Paypal,
    /// A sheet (CSV) that people or other systems work off.
    Sheet,
}

impl Rail {
    /// Every rail with its word.
    pub const WORDS: [(Rail, &'static str); 5] = [
        (Rail::Sepa, "sepa"),
        (Rail::Nacha, "nacha"),
        (Rail::Stripe, "stripe"),
        (Rail::Paypal, "paypal"),
        (Rail::Sheet, "sheet"),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Rail::WORDS.iter().find(|(rail, _)| *rail == self).map_or("", |(_, word)| word)
    }

    /// The rail of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Rail> {
        Rail::WORDS.iter().find(|(_, known)| *known == word).map(|(rail, _)| *rail)
    }

    /// Whether it carries money to places of a kind.
    fn takes(self, method: MethodWord) -> bool {
        use MethodWord as M;
        match self {
            Rail::Sepa | Rail::Nacha => method == M::Bank,
            Rail::Stripe => method == M::Stripe,
            Rail::Paypal => method == M::Paypal,
            Rail::Sheet => true,
        }
    }
}

/// Who bears a fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bearer {
    /// The creator: less arrives.
    #[default]
    Creator,
    /// The platform.
    Platform,
}

/// A way out: from where, in what, by which method and rail, at what fee.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Corridor {
    /// Countries that the accounts of creators are in; all, if empty.
    #[serde(default)]
    pub countries: Vec<CountryText>,
    /// Currencies that are paid out.
    pub assets: Vec<AssetText>,
    /// The method.
    pub method: MethodWord,
    /// The rail.
    pub rail: Rail,
    /// The platform's account that pays, by its name.
    pub account: String,
    /// The least, for this way.
    pub minimum: Option<Money>,
    /// The most.
    pub maximum: Option<Money>,
    /// A fixed fee.
    pub fee: Option<Money>,
    /// A share of the amount, added to it.
    #[serde(default = "nought")]
    pub fee_share: Ratio,
    /// The most that both come to.
    pub fee_max: Option<Money>,
    /// Who bears it.
    #[serde(default)]
    pub fee_by: Bearer,
    /// Whether a creator gets his fee back when money comes back that was paid.
    #[serde(default)]
    pub refund_fee: bool,
    /// Working days until it arrives.
    #[serde(default)]
    pub days: u16,
    /// The business calendar of those days, as imported; Monday to Friday without one.
    #[serde(default)]
    pub calendar: String,
    /// With Stripe: whether the money is also paid out of the Connect account to its bank by us.
    #[serde(default)]
    pub pay_out: bool,
}

/// An account of the platform that payouts are made from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CashAccount {
    /// Its name: lower-case letters, digits and hyphens.
    pub name: String,
    /// Its rail.
    pub rail: Rail,
    /// Its currency.
    pub asset: AssetText,
    /// What the bank calls its owner.
    #[serde(default)]
    pub holder: String,
    /// Its IBAN, for `sepa`.
    #[serde(default)]
    pub iban: String,
    /// Its BIC, for `sepa`, where the bank wants one.
    #[serde(default)]
    pub bic: String,
    /// The routing number of its bank, for `nacha`.
    #[serde(default)]
    pub routing: String,
    /// The company's number of ten characters that its bank gave, for `nacha`.
    #[serde(default)]
    pub company: String,
    /// The bank's name, for `nacha`.
    #[serde(default)]
    pub bank: String,
    /// Working days after which a payout counts as paid that nobody answered, for rails that tell
    /// only of what fails, as NACHA does. What comes back later is still taken back.
    pub silence_days: Option<u16>,
}

/// Rates of exchange.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Whose, as they were imported: `ecb`.
    pub source: String,
    /// Days after which a rate is too old. The ECB gives none for up to five days over holidays.
    #[serde(default = "five")]
    pub stale_days: u16,
}

fn five() -> u16 {
    5
}

/// Which payouts a person looks at before they go (N2, N17).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Review {
    /// Those above an amount, in any currency.
    pub above: Option<Money>,
    /// A creator's first.
    pub first: bool,
    /// Those to a method younger than so many days.
    pub method_days: u16,
    /// Those to a holder whose name is only close to the creator's.
    pub close_names: bool,
    /// Several creators drawing to the same place.
    pub shared_methods: bool,
    /// What must be known of sanctions lists: `clear` at most so many days ago; 0 asks for nothing.
    pub screening_days: u16,
    /// Whether the platform is asked whose a bank account or card is (N3), by a call that
    /// docs/OPERATIONS.md describes; until it answers, nothing goes there.
    pub ask_owner: bool,
    /// Whether the platform is asked what lists say of a creator, when his identity is told and
    /// when a payout waits for it (N2).
    pub ask_screening: bool,
}

impl Default for Review {
    fn default() -> Review {
        Review {
            above: None,
            first: false,
            method_days: 0,
            close_names: true,
            shared_methods: true,
            screening_days: 0,
            ask_owner: false,
            ask_screening: false,
        }
    }
}

/// What a country wants of those who are taxed there (N4).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tax {
    /// Countries of tax residence; all, if empty.
    #[serde(default)]
    pub countries: Vec<CountryText>,
    /// The country that the tax is withheld for.
    pub to: CountryText,
    /// Forms, one of which has to be on file.
    #[serde(default)]
    pub forms: Vec<String>,
    /// The share that is withheld where one is.
    #[serde(default = "nought")]
    pub withhold: Ratio,
    /// The share that is withheld where none is; without it nothing is paid.
    pub without_form: Option<Ratio>,
}

fn refuse<T>(message: impl Into<String>, help: &str) -> Result<T, TermsError> {
    Err(TermsError { message: message.into(), span: None, help: Some(help.to_owned()) })
}

impl Terms {
    /// Reads and checks a document.
    ///
    /// # Errors
    /// The first [`TermsError`], with its place where the text alone is wrong.
    pub fn parse(text: &str) -> Result<Terms, TermsError> {
        if text.len() > kernel::limits::DOCUMENT_BYTES_MAX {
            return refuse("terms are at most 1 MiB", "shorten them");
        }
        let terms: Terms = toml::from_str(text).map_err(|error| TermsError {
            message: error.message().to_owned(),
            span: error.span(),
            help: Some(program::suggest::help(error.message()).unwrap_or_else(|| {
                "every field is described in docs/reference/terms.md".to_owned()
            })),
        })?;
        terms.check()?;
        Ok(terms)
    }

    fn check(&self) -> Result<(), TermsError> {
        for account in &self.account {
            account.check()?;
            if self.account.iter().filter(|other| other.name == account.name).count() > 1 {
                return refuse(format!("there are two accounts `{}`", account.name), "rename one");
            }
        }
        for (place, corridor) in self.corridor.iter().enumerate() {
            let name = format!("corridor {}", place + 1);
            self.check_corridor(&name, corridor)?;
        }
        for (place, payee) in self.payee.iter().enumerate() {
            let name = format!("payee {}", place + 1);
            if payee.schedules.is_empty() {
                return refuse(
                    format!("{name} is never paid"),
                    "write schedules = [\"on-demand\"]",
                );
            }
            if !(1..=31).contains(&payee.month_day) {
                return refuse(format!("{name}: month_day is 1 to 31"), "change it");
            }
        }
        for (place, income) in self.income.iter().enumerate() {
            let name = format!("income {}", place + 1);
            if income.reserve.0 > Ppm::ONE {
                return refuse(format!("{name} reserves more than all"), "0.10 is a tenth");
            }
            if (income.reserve.0 == Ppm::ZERO) != (income.reserve_days == 0) {
                let help = "write both reserve and reserve_days, or none";
                return refuse(format!("{name} has one half of a reserve"), help);
            }
        }
        for tax in &self.tax {
            let shares = [Some(tax.withhold), tax.without_form];
            if shares.into_iter().flatten().any(|share| share.0 > Ppm::ONE) {
                return refuse("a tax takes more than all", "0.30 is three tenths");
            }
        }
        if let Some(exchange) = &self.exchange
            && (exchange.source.is_empty() || !exchange.source.bytes().all(is_plain))
        {
            return refuse("exchange.source is a word of lower-case letters", "write `ecb`");
        }
        Ok(())
    }

    fn check_corridor(&self, name: &str, corridor: &Corridor) -> Result<(), TermsError> {
        let Some(account) = self.account(&corridor.account) else {
            let known: Vec<&str> =
                self.account.iter().map(|account| account.name.as_str()).collect();
            let text = format!("{name} pays from `{}`, which is no [[account]]", corridor.account);
            return refuse(text, &format!("there is: {}", known.join(", ")));
        };
        if account.rail != corridor.rail {
            let text = format!(
                "{name} goes by {}, its account by {}",
                corridor.rail.word(),
                account.rail.word()
            );
            return refuse(text, "one rail for both");
        }
        if !corridor.rail.takes(corridor.method) {
            let text = format!("{name}: {} does not carry that method", corridor.rail.word());
            return refuse(text, "sepa and nacha: bank; stripe: stripe; paypal: paypal");
        }
        if corridor.assets.as_slice() != [account.asset.clone()] {
            let text = format!("{name} pays other currencies than its account has");
            return refuse(text, "a corridor has the one currency of its account");
        }
        let wanted = &account.asset.0;
        let amounts = [&corridor.minimum, &corridor.maximum, &corridor.fee, &corridor.fee_max];
        if amounts.into_iter().flatten().any(|money| money.asset != *wanted) {
            let text = format!("{name} has an amount that is not in {wanted}");
            return refuse(text, "minimum, maximum and fees are in the currency that is paid out");
        }
        if corridor.fee_share.0 > Ppm::ONE {
            return refuse(format!("{name} takes more than all as its fee"), "0.02 is 2 %");
        }
        if corridor.rail == Rail::Nacha && wanted.code() != "USD" {
            return refuse(format!("{name}: NACHA files carry USD"), "change the account");
        }
        if corridor.rail == Rail::Sepa && wanted.code() != "EUR" {
            return refuse(format!("{name}: SEPA carries EUR"), "change the account");
        }
        Ok(())
    }

    /// An account of the platform by its name.
    #[must_use]
    pub fn account(&self, name: &str) -> Option<&CashAccount> {
        self.account.iter().find(|account| account.name == name)
    }

    /// When the income of a program may be drawn.
    #[must_use]
    pub fn income(&self, program: &str) -> Income {
        let found = self.income.iter().find(|income| {
            income.programs.is_empty() || income.programs.iter().any(|named| named == program)
        });
        found.cloned().unwrap_or_else(|| Income {
            programs: Vec::new(),
            pending_days: 0,
            reserve: nought(),
            reserve_days: 0,
        })
    }

    /// The terms that hold in a country, for one currency or another: those after one for all
    /// currencies hold for none. In no country, all.
    #[must_use]
    pub fn payees(&self, country: &str) -> Vec<&Payee> {
        let mut found = Vec::new();
        for payee in &self.payee {
            if !country.is_empty() && !has_country(&payee.countries, country) {
                continue;
            }
            found.push(payee);
            if !country.is_empty() && payee.assets.is_empty() {
                break;
            }
        }
        found
    }

    /// The terms of a creator's country and currency.
    #[must_use]
    pub fn payee(&self, country: &str, asset: &Asset) -> Option<&Payee> {
        self.payee.iter().find(|payee| {
            has_country(&payee.countries, country)
                && (payee.assets.is_empty() || payee.assets.iter().any(|known| known.0 == *asset))
        })
    }

    /// Ways out for a kind of method in a country.
    pub fn ways(&self, kind: Kind, country: &str) -> impl Iterator<Item = &Corridor> {
        self.corridor.iter().filter(move |corridor| {
            corridor.method.kind() == kind && has_country(&corridor.countries, country)
        })
    }

    /// What a country of tax residence wants.
    #[must_use]
    pub fn tax(&self, country: &str) -> Option<&Tax> {
        self.tax.iter().find(|tax| has_country(&tax.countries, country))
    }

    /// The zone of pay days.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone.0
    }
}

fn has_country(countries: &[CountryText], country: &str) -> bool {
    countries.is_empty() || countries.iter().any(|known| known.0 == country)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

impl CashAccount {
    fn check(&self) -> Result<(), TermsError> {
        let name = &self.name;
        let short = (1..=40).contains(&name.len());
        if !short || !name.bytes().all(is_plain) {
            let help = "1 to 40 lower-case letters, digits and hyphens";
            return refuse(format!("`{name}` is no name of an account"), help);
        }
        let bad = |what: &str| {
            refuse(format!("the account `{name}` {what}"), "docs/reference/terms.md says more")
        };
        match self.rail {
            Rail::Sepa if crate::method::check_iban(&self.iban).is_err() => {
                bad("has no valid iban")
            }
            Rail::Sepa if self.holder.is_empty() => bad("has no holder"),
            Rail::Nacha if !crate::method::is_routing(&self.routing) => {
                bad("has no valid routing number")
            }
            Rail::Nacha if self.company.is_empty() || self.company.len() > 10 => {
                bad("has no company number of at most ten characters")
            }
            Rail::Nacha if self.holder.is_empty() || self.bank.is_empty() => {
                bad("has no holder or no bank")
            }
            Rail::Stripe | Rail::Paypal if self.silence_days.is_some() => {
                bad("has silence_days, and its provider is asked")
            }
            _ => Ok(()),
        }
    }
}

/// The JSON Schema of terms, as published in `docs/reference/terms.schema.json`.
#[must_use]
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Terms)
}

/// Terms to start from.
pub const EXAMPLE: &str = include_str!("../terms/example.toml");
