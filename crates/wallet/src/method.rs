//! Where a creator's money goes: bank accounts, cards by the token of whoever bound them, PayPal,
//! Stripe, by hand (R92, R94). The details are secret; a label with the last digits is shown.
use std::collections::BTreeMap;

/// A kind of method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A bank account, by its IBAN or its national numbers.
    Bank,
    /// A bank card that was bound under its holder's real name: only its token is known here.
    Card,
    /// A PayPal account.
    PayPal,
    /// An account of Stripe Connect.
    Stripe,
    /// Something that people do.
    Manual,
}

impl Kind {
    /// Every kind with its word.
    pub const WORDS: [(Kind, &'static str); 5] = [
        (Kind::Bank, "bank"),
        (Kind::Card, "card"),
        (Kind::PayPal, "paypal"),
        (Kind::Stripe, "stripe"),
        (Kind::Manual, "manual"),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Kind::WORDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::WORDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

/// Fields of details, as the API takes them.
pub const FIELDS: [&str; 11] = [
    "holder",
    "country",
    "iban",
    "bic",
    "bank",
    "bank_code",
    "account",
    "account_type",
    "token",
    "last4",
    "receiver",
];

/// Checked details of a method. They are secret, but for what [`Method::label`] shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Method {
    /// Its kind.
    pub kind: Kind,
    /// The two letters of the country that the account is in.
    pub country: String,
    /// Whose it is, as the bank or provider knows him; empty where they do not say.
    pub holder: String,
    /// What else there is, by [`FIELDS`].
    pub fields: BTreeMap<String, String>,
}

// Not derived: what is in it must not reach a log.
impl std::fmt::Debug for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Method({} {})", self.kind.word(), self.country)
    }
}

/// Why details are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}`: {message}")]
pub struct MethodError {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it; the value itself is not repeated.
    pub message: String,
}

fn wrong(field: &'static str, message: impl Into<String>) -> MethodError {
    MethodError { field, message: message.into() }
}

/// Most characters of a field.
const FIELD_MAX: usize = 140;

impl Method {
    /// Checks details.
    ///
    /// # Errors
    /// The first field that is wrong or missing.
    pub fn new(kind: Kind, given: &BTreeMap<String, String>) -> Result<Method, MethodError> {
        for (name, value) in given {
            let Some(field) = FIELDS.iter().find(|known| *known == name) else {
                return Err(wrong("details", "has a field that is not known"));
            };
            let long = value.is_empty() || value.chars().count() > FIELD_MAX;
            if long || value.trim() != value || value.chars().any(kernel::id::is_hidden) {
                return Err(wrong(field, "has 1 to 140 characters, none of them hidden"));
            }
        }
        let details = Details { given };
        let mut fields = BTreeMap::new();
        let (country, allowed): (String, &[&str]) = match kind {
            Kind::Bank => details.bank(&mut fields)?,
            Kind::Card => {
                let token = details.need("token")?;
                // Card numbers never come here (PCI DSS): a token that could be one is refused.
                if token.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ') {
                    return Err(wrong("token", "is a token of whoever bound the card, no number"));
                }
                let last4 = details.need("last4")?;
                if last4.len() != 4 || !last4.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(wrong("last4", "has four digits"));
                }
                details.keep(&mut fields, &["token", "last4", "bank"]);
                (details.country()?, &["token", "last4", "bank"])
            }
            Kind::PayPal => {
                let receiver = details.need("receiver")?;
                let (name, host) = receiver.split_once('@').unwrap_or_default();
                if name.is_empty() || !host.contains('.') || receiver.contains(char::is_whitespace)
                {
                    return Err(wrong("receiver", "is the mail address of a PayPal account"));
                }
                details.keep(&mut fields, &["receiver"]);
                (details.country()?, &["receiver"])
            }
            Kind::Stripe => {
                let receiver = details.need("receiver")?;
                let id = receiver.strip_prefix("acct_").unwrap_or_default();
                if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    return Err(wrong("receiver", "is an account of Stripe Connect: acct_…"));
                }
                details.keep(&mut fields, &["receiver"]);
                (details.country()?, &["receiver"])
            }
            Kind::Manual => {
                details.need("receiver")?;
                details.keep(&mut fields, &["receiver"]);
                (details.country()?, &["receiver"])
            }
        };
        let known = |name: &&String| {
            ["holder", "country"].contains(&name.as_str()) || allowed.contains(&name.as_str())
        };
        if let Some(other) = given.keys().find(|name| !known(name)) {
            let field = FIELDS.iter().find(|field| *field == other).copied();
            return Err(wrong(field.unwrap_or("details"), "does not belong to this kind"));
        }
        let holder = match kind {
            Kind::Bank | Kind::Card => details.need("holder")?.to_owned(),
            _ => details.get("holder").unwrap_or_default().to_owned(),
        };
        Ok(Method { kind, country, holder, fields })
    }

    /// A field; empty where there is none.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// What is shown of it: never more than four of its last characters.
    #[must_use]
    pub fn label(&self) -> String {
        let last = |text: &str| {
            let count = text.chars().count();
            text.chars().skip(count.saturating_sub(4)).collect::<String>()
        };
        match self.kind {
            Kind::Bank if !self.field("iban").is_empty() => {
                format!("{}…{}", self.country, last(self.field("iban")))
            }
            Kind::Bank => format!("{}…{}", self.country, last(self.field("account"))),
            Kind::Card => format!("…{}", self.field("last4")),
            Kind::PayPal => {
                let host = self.field("receiver").rsplit('@').next().unwrap_or_default();
                let first = self.field("receiver").chars().next().unwrap_or('…');
                format!("{first}…@{host}")
            }
            Kind::Stripe => format!("acct_…{}", last(self.field("receiver"))),
            Kind::Manual => "by hand".to_owned(),
        }
    }

    /// What tells whether two methods lead to the same place.
    #[must_use]
    pub fn identity(&self) -> String {
        let place = ["iban", "token", "receiver"].map(|name| self.field(name));
        let national = [self.field("bank_code"), self.field("account")];
        format!("{}|{}|{}|{}", self.kind.word(), self.country, place.join("|"), national.join("|"))
            .to_lowercase()
    }
}

struct Details<'a> {
    given: &'a BTreeMap<String, String>,
}

impl Details<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.given.get(name).map(String::as_str)
    }

    fn need(&self, name: &'static str) -> Result<&str, MethodError> {
        self.get(name).ok_or_else(|| wrong(name, "is missing"))
    }

    fn country(&self) -> Result<String, MethodError> {
        let country = self.need("country")?;
        if kernel::country::is_country(country) {
            Ok(country.to_owned())
        } else {
            Err(wrong("country", "is the two capital letters of a country"))
        }
    }

    fn keep(&self, fields: &mut BTreeMap<String, String>, names: &[&str]) {
        for name in names {
            if let Some(value) = self.get(name) {
                fields.insert((*name).to_owned(), value.to_owned());
            }
        }
    }

    /// A bank account: an IBAN, or a country with its own numbers.
    fn bank(
        &self,
        fields: &mut BTreeMap<String, String>,
    ) -> Result<(String, &'static [&'static str]), MethodError> {
        if let Some(bic) = self.get("bic") {
            check_bic(bic)?;
            fields.insert("bic".to_owned(), bic.to_ascii_uppercase());
        }
        self.keep(fields, &["bank"]);
        if let Some(text) = self.get("iban") {
            let iban = check_iban(text)?;
            let country = iban.get(..2).unwrap_or_default().to_owned();
            if self.get("country").is_some_and(|said| said != country) {
                return Err(wrong("country", "is not the country of the IBAN"));
            }
            fields.insert("iban".to_owned(), iban);
            return Ok((country, &["iban", "bic", "bank"]));
        }
        let country = self.country()?;
        let account = self.need("account")?.replace([' ', '-'], "").to_ascii_uppercase();
        let code = self.need("bank_code")?.replace([' ', '-'], "").to_ascii_uppercase();
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match country.as_str() {
            "US" => {
                if !is_routing(&code) {
                    return Err(wrong("bank_code", "is a routing number: nine digits that check"));
                }
                if account.len() > 17 || !plain(&account) {
                    return Err(wrong("account", "has 1 to 17 letters and digits"));
                }
                let kind = self.get("account_type").unwrap_or("checking");
                if !["checking", "savings"].contains(&kind) {
                    return Err(wrong("account_type", "is `checking` or `savings`"));
                }
                fields.insert("account_type".to_owned(), kind.to_owned());
            }
            "GB" if code.len() != 6 || !digits(&code) => {
                return Err(wrong("bank_code", "is a sort code: six digits"));
            }
            "GB" if account.len() != 8 || !digits(&account) => {
                return Err(wrong("account", "has eight digits"));
            }
            _ if code.len() > 35 || !plain(&code) => {
                return Err(wrong("bank_code", "has 1 to 35 letters and digits"));
            }
            _ if account.len() > 34 || !plain(&account) => {
                return Err(wrong("account", "has 1 to 34 letters and digits"));
            }
            _ => {}
        }
        fields.insert("account".to_owned(), account);
        fields.insert("bank_code".to_owned(), code);
        Ok((country, &["bank_code", "account", "account_type", "bic", "bank"]))
    }
}

/// Lengths of IBANs in countries that write them and are not in SWIFT's registry, and of those that
/// some banks write with the code of a territory instead of its country's.
const UNREGISTERED: [(&str, usize); 38] = [
    ("AO", 25),
    ("AX", 18),
    ("BF", 28),
    ("BJ", 28),
    ("BL", 27),
    ("CF", 27),
    ("CG", 27),
    ("CI", 28),
    ("CM", 27),
    ("CV", 25),
    ("DZ", 26),
    ("GA", 27),
    ("GF", 27),
    ("GG", 22),
    ("GP", 27),
    ("GQ", 27),
    ("GW", 25),
    ("IM", 22),
    ("IR", 26),
    ("JE", 22),
    ("KM", 27),
    ("MA", 28),
    ("MF", 27),
    ("MG", 27),
    ("ML", 28),
    ("MQ", 27),
    ("MZ", 25),
    ("NC", 27),
    ("NE", 28),
    ("PF", 27),
    ("PM", 27),
    ("RE", 27),
    ("SN", 28),
    ("TD", 27),
    ("TF", 27),
    ("TG", 28),
    ("WF", 27),
    ("YT", 27),
];

/// An IBAN without blanks, checked by the structure of its country and its check digits (ISO
/// 13616).
///
/// # Errors
/// [`MethodError`] that says what is wrong, without the number.
pub fn check_iban(text: &str) -> Result<String, MethodError> {
    use sepa::IbanError as E;
    let iban = sepa::validate_iban(text).map_err(|error| match error {
        E::InvalidChecksum { .. } => {
            wrong("iban", "its check digits are wrong: one character is not as it should be")
        }
        _ => wrong("iban", "its length or form is not that of its country"),
    })?;
    let country = iban.country_code();
    let known = sepa::iban::iban_country_length(country).is_some();
    let length = UNREGISTERED.iter().find(|(code, _)| *code == country).map(|(_, length)| *length);
    if !known && length.is_none() {
        return Err(wrong("iban", "its first two letters are no country that has IBANs"));
    }
    if length.is_some_and(|length| length != iban.as_str().len()) {
        return Err(wrong("iban", "its length or form is not that of its country"));
    }
    // 97 less a remainder: 00, 01 and 99 would be others' check digits.
    let digits = iban.as_str().get(2..4).and_then(|digits| digits.parse::<u8>().ok());
    if !digits.is_some_and(|digits| (2..=98).contains(&digits)) {
        return Err(wrong(
            "iban",
            "its check digits are wrong: one character is not as it should be",
        ));
    }
    Ok(iban.as_str().to_owned())
}

/// A BIC (ISO 9362): eight or eleven characters.
fn check_bic(text: &str) -> Result<(), MethodError> {
    let text = text.to_ascii_uppercase();
    let letters = text.get(..6).is_some_and(|s| s.bytes().all(|b| b.is_ascii_uppercase()));
    let country = text.get(4..6).unwrap_or_default();
    // Kosovo has no code of ISO 3166 and one of SWIFT.
    let known = kernel::country::is_country(country) || country == "XK";
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if letters && known && plain && [8, 11].contains(&text.len()) {
        Ok(())
    } else {
        Err(wrong("bic", "has 8 or 11 characters: bank, country, place, branch"))
    }
}

/// An ABA routing number: nine digits whose weighted sum (3, 7, 1) is a multiple of ten.
#[must_use]
pub fn is_routing(text: &str) -> bool {
    if text.len() != 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) || text == "000000000" {
        return false;
    }
    let sum: u32 = text
        .bytes()
        .zip([3, 7, 1].into_iter().cycle())
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, given: &[(&str, &str)], expected: &str) {
        let given = given.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let got = match Method::new(kind, &given) {
            Ok(method) => format!("{} {}", method.country, method.label()),
            Err(error) => error.field.to_owned(),
        };
        assert_eq!(got, expected, "{given:?}");
    }

    #[test]
    fn details_are_checked() {
        use Kind::{Bank, Card, Manual, PayPal, Stripe};
        let holder = ("holder", "A. B.");
        let (us, gb) = (("country", "US"), ("country", "GB"));
        check(Bank, &[holder, ("iban", "NL91 ABNA 0417 1643 00")], "NL NL…4300");
        check(Bank, &[holder, ("iban", "nl91abna0417164300"), ("bic", "ABNANL2A")], "NL NL…4300");
        check(Bank, &[holder, ("iban", "NL91ABNA0417164301")], "iban");
        check(Bank, &[holder, ("iban", "NL91ABNA0417164300"), ("country", "DE")], "country");
        check(Bank, &[("iban", "NL91ABNA0417164300")], "holder");
        check(Bank, &[holder, ("iban", "NL91ABNA0417164300"), ("token", "x")], "token");
        check(Bank, &[holder, ("iban", "NL91ABNA0417164300"), ("bic", "ABNAZZ2A")], "bic");
        let account = ("account", "12345678");
        check(Bank, &[holder, us, ("bank_code", "021000021"), account], "US US…5678");
        check(Bank, &[holder, us, ("bank_code", "021000022"), account], "bank_code");
        check(Bank, &[holder, gb, ("bank_code", "12-34-56"), account], "GB GB…5678");
        check(Bank, &[holder, gb, ("bank_code", "12345"), account], "bank_code");
        check(Bank, &[holder, account, ("bank_code", "1")], "country");
        let cn = ("country", "CN");
        check(Card, &[holder, cn, ("token", "tok_a1"), ("last4", "1234")], "CN …1234");
        check(Card, &[holder, cn, ("token", "4111111111111111"), ("last4", "1111")], "token");
        check(PayPal, &[("receiver", "ann@mail.example"), us], "US a…@mail.example");
        check(PayPal, &[("receiver", "ann"), us], "receiver");
        check(Stripe, &[("receiver", "acct_1AbCdEf"), us], "US acct_…CdEf");
        check(Stripe, &[("receiver", "1AbCdEf"), us], "receiver");
        check(Manual, &[("receiver", "the desk"), us], "US by hand");
        check(Manual, &[("receiver", " the desk"), us], "receiver");
        check(Manual, &[("receiver", "the desk"), us, ("color", "red")], "details");
    }
}
