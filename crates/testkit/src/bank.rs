//! A bank that takes payment files, as one that nobody can run here: it keeps a journal of what it
//! really did, and its answers misbehave by a seed: they come late, twice, in any order, a return
//! before the payment that it is of; a file that comes again is refused, and not carried out. It
//! takes pain.001, NACHA files and sheets, and answers as banks do: pain.002 and camt.054, files of
//! returns, sheets.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::provider::Entry;

/// How often a bank does what people do not like, each in a thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Habits {
    /// It does not carry a payment out.
    pub refuses: u64,
    /// What it paid comes back later.
    pub returns: u64,
    /// An answer comes twice, the second time in other words.
    pub repeats: u64,
    /// An answer comes some rounds later.
    pub delays: u64,
}

impl Habits {
    /// A bank of the worst kind that is still one.
    pub const BAD: Habits = Habits { refuses: 60, returns: 80, repeats: 250, delays: 400 };
}

/// A payment of a file.
#[derive(Debug, Clone)]
struct Payment {
    key: String,
    cents: i64,
    /// What stands beside the key in a NACHA file: a line of it.
    line: String,
}

/// What a file is.
#[derive(Debug, Clone)]
enum File {
    Pain { message: String, payment: String, iban: String },
    Nacha,
    Sheet,
}

/// What a bank says of payments: not carried out, paid, or came back, with its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Refused(&'static str),
    Paid,
    Returned(&'static str),
}

/// A bank.
pub struct Bank {
    random: ChaCha8Rng,
    habits: Habits,
    taken: BTreeSet<String>,
    journal: Vec<Entry>,
    /// Answers with the round from which on they are sent.
    waiting: Vec<(u64, String)>,
    round: u64,
    references: u64,
    faults: BTreeMap<&'static str, u64>,
}

/// What stands between two texts, everywhere.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    let parts = text.split(open).skip(1);
    parts.filter_map(|part| part.split_once(close).map(|(inside, _)| inside)).collect()
}

/// Minor units of a decimal text with two places.
fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap_or(0)
}

fn decimal(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The kind of a file and its payments.
fn read(text: &str) -> (File, Vec<Payment>) {
    let one = |open: &str, close: &str| {
        between(text, open, close).first().map_or(String::new(), |found| (*found).to_owned())
    };
    if text.contains("pain.001") {
        let payments = between(text, "<CdtTrfTxInf>", "</CdtTrfTxInf>");
        let payment = |part: &&str| Payment {
            key: between(part, "<EndToEndId>", "</EndToEndId>").concat(),
            cents: cents(&between(part, "\">", "</InstdAmt>").concat()),
            line: String::new(),
        };
        let file = File::Pain {
            message: one("<MsgId>", "</MsgId>"),
            payment: one("<PmtInfId>", "</PmtInfId>"),
            iban: one("<IBAN>", "</IBAN>"),
        };
        return (file, payments.iter().map(payment).collect());
    }
    if text.starts_with("101") {
        let entries = text.lines().filter(|line| line.starts_with('6'));
        let payment = |line: &str| Payment {
            key: line.get(39..54).unwrap_or_default().trim().to_owned(),
            cents: line.get(29..39).unwrap_or_default().parse().unwrap_or(0),
            line: line.to_owned(),
        };
        return (File::Nacha, entries.map(payment).collect());
    }
    let payment = |line: &str| {
        let mut cells = line.split(',');
        let (key, amount) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        Payment { key: key.to_owned(), cents: cents(amount), line: String::new() }
    };
    (File::Sheet, text.lines().skip(1).map(payment).collect())
}

impl Bank {
    /// A bank with its habits.
    #[must_use]
    pub fn new(seed: u64, habits: Habits) -> Bank {
        Bank {
            random: ChaCha8Rng::seed_from_u64(seed),
            habits,
            taken: BTreeSet::new(),
            journal: Vec::new(),
            waiting: Vec::new(),
            round: 0,
            references: 0,
            faults: BTreeMap::new(),
        }
    }

    fn happens(&mut self, fault: &'static str, thousandths: u64) -> bool {
        let happens = self.random.next_u64() % 1_000 < thousandths;
        if happens {
            *self.faults.entry(fault).or_default() += 1;
        }
        happens
    }

    /// Takes a file: each payment of it is carried out or refused, once, however often it comes.
    pub fn take(&mut self, text: &str) {
        let (file, payments) = read(text);
        if !self.taken.insert(text.to_owned()) {
            *self.faults.entry("the same file").or_default() += 1;
            if let File::Pain { message, .. } = &file {
                let answer = pain002(message, "<GrpSts>RJCT</GrpSts>", "DU01", "");
                self.waiting.push((self.round, answer));
            }
            return;
        }
        let mut said: Vec<(Payment, Said)> = Vec::new();
        for payment in payments {
            // A bank has no way to refuse an entry of a NACHA file but to return it.
            let refuses = !matches!(file, File::Nacha) && {
                let refuses = self.habits.refuses;
                self.happens("refused", refuses)
            };
            if refuses {
                said.push((payment, Said::Refused("AC04")));
                continue;
            }
            self.note(&payment, "sent");
            said.push((payment.clone(), Said::Paid));
            let returns = self.habits.returns;
            if self.happens("returned", returns) {
                self.note(&payment, "returned");
                let code = if matches!(file, File::Nacha) { "R03" } else { "AC04" };
                said.push((payment, Said::Returned(code)));
            }
        }
        self.answer(&file, &said);
    }

    fn note(&mut self, payment: &Payment, what: &'static str) {
        let id = format!("B{}", self.journal.len() + 1);
        let (payout, amount) = (payment.key.clone(), decimal(payment.cents));
        self.journal.push(Entry { payout, id, amount, what });
    }

    /// Puts what is to be said into answers of a few payments each, to be sent in some order.
    fn answer(&mut self, file: &File, said: &[(Payment, Said)]) {
        let mut parts: Vec<Vec<(Payment, Said)>> = Vec::new();
        let mut rest: Vec<(Payment, Said)> = said.to_vec();
        // Payments and returns of one payment come in any order.
        for place in (1..rest.len()).rev() {
            rest.swap(place, usize::try_from(self.random.next_u64()).unwrap_or(0) % (place + 1));
        }
        while !rest.is_empty() {
            let size = 1 + usize::try_from(self.random.next_u64() % 40).unwrap_or(0);
            parts.push(rest.split_off(rest.len().saturating_sub(size)));
        }
        for part in parts {
            for text in self.texts(file, &part) {
                let delays = self.habits.delays;
                let late = self.happens("late", delays);
                let round = self.round + if late { 1 + self.random.next_u64() % 4 } else { 0 };
                self.waiting.push((round, text));
            }
            let repeats = self.habits.repeats;
            if self.happens("in other words", repeats) {
                // Other references and another grouping, as a statement has beside notices.
                for one in part.chunks(3) {
                    for text in self.texts(file, one) {
                        self.waiting.push((self.round + self.random.next_u64() % 5, text));
                    }
                }
            }
        }
    }

    /// Answers about some payments, in the forms of their file.
    fn texts(&mut self, file: &File, said: &[(Payment, Said)]) -> Vec<String> {
        match file {
            File::Pain { message, payment, iban } => {
                let mut texts = Vec::new();
                let refused: Vec<(&str, &str)> = said
                    .iter()
                    .filter_map(|(payment, said)| match said {
                        Said::Refused(code) => Some((payment.key.as_str(), *code)),
                        _ => None,
                    })
                    .collect();
                if !refused.is_empty() {
                    let mut inside = format!("<OrgnlPmtInfId>{payment}</OrgnlPmtInfId>");
                    for (key, code) in refused {
                        write!(
                            inside,
                            "<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId>\
                             <TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>\
                             </TxInfAndSts>"
                        )
                        .unwrap_or_default();
                    }
                    texts.push(pain002(message, "<GrpSts>PART</GrpSts>", "", &inside));
                }
                let moved: Vec<&(Payment, Said)> =
                    said.iter().filter(|(_, said)| !matches!(said, Said::Refused(_))).collect();
                if !moved.is_empty() {
                    texts.push(self.camt054(iban, &moved));
                }
                texts
            }
            File::Nacha => {
                let mut texts = Vec::new();
                let back: Vec<&Payment> = said
                    .iter()
                    .filter(|(_, said)| matches!(said, Said::Returned(_)))
                    .map(|(payment, _)| payment)
                    .collect();
                if !back.is_empty() {
                    texts.push(returns(&back));
                }
                let paid: Vec<&(Payment, Said)> =
                    said.iter().filter(|(_, said)| *said == Said::Paid).collect();
                if !paid.is_empty() {
                    texts.push(self.sheet(&paid));
                }
                texts
            }
            File::Sheet => vec![self.sheet(&said.iter().collect::<Vec<_>>())],
        }
    }

    fn reference(&mut self) -> String {
        self.references += 1;
        format!("R{}", self.references)
    }

    fn camt054(&mut self, iban: &str, moved: &[&(Payment, Said)]) -> String {
        let mut entries = String::new();
        for (payment, said) in moved {
            let (side, why) = match said {
                Said::Returned(code) => {
                    ("CRDT", format!("<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>"))
                }
                _ => ("DBIT", String::new()),
            };
            let (reference, amount) = (self.reference(), decimal(payment.cents));
            write!(
                entries,
                "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK\
                 </Cd></Sts><BookgDt><Dt>2026-07-02</Dt></BookgDt>\
                 <AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><Refs>\
                 <EndToEndId>{}</EndToEndId></Refs><Amt Ccy=\"EUR\">{amount}</Amt>\
                 <CdtDbtInd>{side}</CdtDbtInd>{why}</TxDtls></NtryDtls></Ntry>",
                payment.key
            )
            .unwrap_or_default();
        }
        let id = self.reference();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">\
             <BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>{id}</MsgId>\
             <CreDtTm>2026-07-02T10:00:00</CreDtTm></GrpHdr><Ntfctn><Id>{id}</Id>\
             <CreDtTm>2026-07-02T10:00:00</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>\
             {entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
        )
    }

    fn sheet(&mut self, said: &[&(Payment, Said)]) -> String {
        let mut text = "key,state,reference,reason\n".to_owned();
        for (payment, said) in said {
            let (state, reason) = match said {
                Said::Paid => ("paid", ""),
                Said::Refused(code) => ("failed", *code),
                Said::Returned(code) => ("returned", *code),
            };
            let reference = self.reference();
            writeln!(text, "{},{state},{reference},{reason}", payment.key).unwrap_or_default();
        }
        text
    }

    /// The answers of the next round, in some order.
    pub fn answers(&mut self) -> Vec<String> {
        let round = self.round;
        self.round += 1;
        let waiting = std::mem::take(&mut self.waiting);
        let (due, later) = waiting.into_iter().partition(|(at, _)| *at <= round);
        self.waiting = later;
        let mut due: Vec<String> = Vec::into_iter(due).map(|(_, text)| text).collect();
        for place in (1..due.len()).rev() {
            due.swap(place, usize::try_from(self.random.next_u64()).unwrap_or(0) % (place + 1));
        }
        due
    }

    /// Whether it has said all.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.waiting.is_empty()
    }

    /// What it really did.
    #[must_use]
    pub fn journal(&self) -> &[Entry] {
        &self.journal
    }

    /// How often it misbehaved in which way.
    #[must_use]
    pub fn faults(&self) -> &BTreeMap<&'static str, u64> {
        &self.faults
    }
}

fn pain002(message: &str, group: &str, code: &str, inside: &str) -> String {
    let reason = match code {
        "" => String::new(),
        code => format!("<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>"),
    };
    let inside = match inside {
        "" => String::new(),
        inside => format!("<OrgnlPmtInfAndSts>{inside}</OrgnlPmtInfAndSts>"),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>\
         <GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-07-02T10:00:00</CreDtTm></GrpHdr>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId>\
         <OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}{reason}</OrgnlGrpInfAndSts>\
         {inside}</CstmrPmtStsRpt></Document>"
    )
}

/// A file of returned entries: each of them as it was, and why it came back.
fn returns(back: &[&Payment]) -> String {
    let mut lines = vec![
        format!("{:<94}", "101 021000021 1234567890260702100009410"),
        format!("{:<94}", "5200PLATFORM"),
    ];
    let mut sum = 0;
    for payment in back {
        sum += payment.cents;
        lines.push(payment.line.clone());
        let trace = payment.line.get(79..94).unwrap_or_default();
        lines.push(format!("799R03{trace:<15}{:<58}{trace:<15}", ""));
    }
    let entries = back.len() * 2;
    lines.push(format!("8200{entries:06}{:<84}", ""));
    let control = format!("9000001000001{entries:08}{:010}{:012}{sum:012}{:<39}", 0, 0, "");
    lines.push(control);
    lines.join("\n") + "\n"
}
