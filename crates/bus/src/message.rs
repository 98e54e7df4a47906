//! Messages to people, in the languages of the product. A message is a kind and facts; its words
//! are in `messages/<language>.ftl` (Fluent): the body as the message, the subject as an attribute.
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use serde_json::Value;

/// The languages of the product; the first is spoken where another is not known.
pub const LANGUAGES: [&str; 4] = ["en", "zh-CN", "fr", "nl"];

/// Languages of a header that are looked at.
const RANGES_MAX: usize = 20;

const TEXTS: [&str; 4] = [
    include_str!("../messages/en.ftl"),
    include_str!("../messages/zh-CN.ftl"),
    include_str!("../messages/fr.ftl"),
    include_str!("../messages/nl.ftl"),
];

/// Texts of reason codes: why something does not earn, or somebody may not enter.
const REASONS: [&str; 4] = [
    include_str!("../reasons/en.ftl"),
    include_str!("../reasons/zh-CN.ftl"),
    include_str!("../reasons/fr.ftl"),
    include_str!("../reasons/nl.ftl"),
];

/// What a diagnosis says around its reasons.
const PHRASES: [&str; 4] = [
    include_str!("../phrases/en.ftl"),
    include_str!("../phrases/zh-CN.ftl"),
    include_str!("../phrases/fr.ftl"),
    include_str!("../phrases/nl.ftl"),
];

/// Kinds of messages, with the facts that each has.
pub const MESSAGES: [(&str, &[&str]); 56] = [
    ("day-published", &["program", "day", "paid", "currency"]),
    ("day-corrected", &["program", "day", "paid", "change", "currency"]),
    ("work-attacked", &["program", "day", "work"]),
    ("day-overdue", &["program", "day", "due"]),
    ("ledger-wrong", &["problems", "first"]),
    ("job-dead", &["job", "kind", "subject"]),
    ("webhook-disabled", &["webhook", "url", "why"]),
    ("sign-ins-failed", &["operator", "attempts"]),
    ("proposal-made", &["proposal", "command", "subject"]),
    ("proposal-decided", &["proposal", "command", "subject", "state", "why"]),
    ("member-invited", &["program", "title", "until"]),
    ("member-applied", &["program", "due"]),
    ("member-approved", &["program", "day"]),
    ("member-rejected", &["program", "reasons", "text", "reapply"]),
    ("member-suspended", &["program", "day", "reasons"]),
    ("member-restored", &["program", "day"]),
    ("member-removed", &["program", "day", "text"]),
    ("member-left", &["program", "day"]),
    ("member-superseded", &["program", "by", "day"]),
    ("succession-announced", &["program", "by", "day"]),
    ("program-closing", &["program", "day"]),
    ("review-due", &["review", "creator", "program", "due"]),
    ("review-overdue", &["review", "creator", "program", "due"]),
    ("appeal-filed", &["appeal", "due"]),
    ("appeal-said", &["appeal"]),
    ("appeal-won", &["appeal", "reasons", "text", "by"]),
    ("remedy-decided", &["reasons", "text", "by"]),
    ("appeal-lifted", &["appeal", "text"]),
    ("appeal-lost", &["appeal", "reasons", "text"]),
    ("appeal-due", &["appeal", "creator", "due"]),
    ("appeal-overdue", &["appeal", "creator", "due"]),
    ("backpay-paid", &["appeal", "program", "amount", "currency"]),
    ("backpay-corrected", &["appeal", "program", "amount", "currency"]),
    ("backpay-late", &["appeal", "due"]),
    ("backpay-short", &["appeal", "program", "needed", "there", "currency"]),
    ("copyright-filed", &["claim", "work", "share", "from", "words"]),
    ("copyright-upheld", &["claim", "work", "share", "amount", "text"]),
    ("copyright-won", &["claim", "work", "share", "amount"]),
    ("copyright-lifted", &["claim", "work", "amount", "text"]),
    ("copyright-lost", &["claim", "work", "text"]),
    ("copyright-ended", &["claim", "work", "share"]),
    ("copyright-old", &["claim", "work", "since"]),
    ("wallet-dormant", &["days", "due"]),
    ("wallet-unclaimed", &[]),
    ("wallet-adjusted", &["amount", "currency", "why"]),
    ("method-changed", &["what", "label", "usable"]),
    ("hold-made", &["amount", "currency", "note", "until"]),
    ("hold-released", &["amount", "currency", "note"]),
    ("hold-old", &["hold", "creator", "since"]),
    ("payout-requested", &["payout", "amount", "currency", "net", "paid"]),
    ("payout-paid", &["payout", "net", "paid"]),
    ("payout-back", &["payout", "amount", "currency", "reason"]),
    ("float-short", &["batch", "account", "currency", "there", "needed"]),
    ("payout-stuck", &["payout", "rail", "reason"]),
    ("differences-found", &["differences", "source", "kind"]),
    ("shadow-differs", &["program", "day", "shadow", "live", "currency", "creators"]),
];

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The subject, one line.
    pub subject: String,
    /// The body.
    pub body: String,
}

fn bundles() -> &'static [FluentBundle<FluentResource>] {
    static BUNDLES: OnceLock<Vec<FluentBundle<FluentResource>>> = OnceLock::new();
    BUNDLES.get_or_init(|| {
        let texts = LANGUAGES.iter().zip(TEXTS.into_iter().zip(REASONS.into_iter().zip(PHRASES)));
        let bundles = texts.map(|(language, (text, (reasons, phrases)))| {
            let mut bundle = FluentBundle::new_concurrent(language.parse().into_iter().collect());
            // The signs that isolate directions do harm in mail subjects and logs.
            bundle.set_use_isolating(false);
            // The test below reads the same texts: what does not parse is found there.
            for text in [text, reasons, phrases] {
                let resource =
                    FluentResource::try_new(text.to_owned()).unwrap_or_else(|(good, _)| good);
                bundle.add_resource(resource).unwrap_or_default();
            }
            bundle
        });
        bundles.collect()
    })
}

/// The language to answer in, for a header `Accept-Language` (RFC 9110, 12.5.4).
#[must_use]
pub fn language(accepted: &str) -> &'static str {
    let range = |text: &str| {
        let (tag, quality) = text.split_once(';').unwrap_or((text, "q=1"));
        let quality: f32 = quality.trim().strip_prefix("q=")?.parse().ok()?;
        let wanted = tag.trim().split('-').next()?.to_ascii_lowercase();
        let known = LANGUAGES.iter().find(|known| known.split('-').next() == Some(&wanted))?;
        (quality > 0.0).then_some((*known, quality))
    };
    let mut wanted: Vec<_> = accepted.split(',').take(RANGES_MAX).filter_map(range).collect();
    // Stable: of the same quality, the first named.
    wanted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    wanted.first().map_or(LANGUAGES[0], |(known, _)| *known)
}

/// A message in a language. What is not known of it is shown as it is.
#[must_use]
pub fn render(kind: &str, facts: &Value, language: &str) -> Text {
    let place = LANGUAGES.iter().position(|known| *known == language).unwrap_or(0);
    let unknown = || Text { subject: kind.to_owned(), body: facts.to_string() };
    let Some(bundle) = bundles().get(place) else { return unknown() };
    let Some(message) = bundle.get_message(kind) else { return unknown() };
    let mut args = FluentArgs::new();
    for (name, value) in facts.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => args.set(name.clone(), text.clone()),
            // Reason codes, each a sentence.
            Value::Array(codes) => {
                let codes = codes.iter().filter_map(Value::as_str);
                let texts: Vec<String> = codes.map(|code| reason(code, language)).collect();
                let between = if language.starts_with("zh") { "" } else { " " };
                args.set(name.clone(), texts.join(between));
            }
            // Ids are numbers that no language groups.
            other => args.set(name.clone(), other.to_string()),
        }
    }
    let mut errors = Vec::new();
    let mut format =
        |pattern| bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
    let body = message.value().map(&mut format);
    let subject = message.get_attribute("subject").map(|found| format(found.value()));
    match (subject, body) {
        (Some(subject), Some(body)) if errors.is_empty() => Text { subject, body },
        _ => unknown(),
    }
}

/// A reason in a language; its code, where it has no text.
#[must_use]
pub fn reason(code: &str, language: &str) -> String {
    phrase(code, &[], language)
}

/// A phrase in a language, with what goes into it; its key, where it has no text.
#[must_use]
pub fn phrase(key: &str, values: &[(&str, String)], language: &str) -> String {
    let place = LANGUAGES.iter().position(|known| *known == language).unwrap_or(0);
    let mut args = FluentArgs::new();
    for (name, value) in values {
        args.set(*name, value.as_str());
    }
    let found = bundles().get(place).and_then(|bundle| {
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
    });
    found.unwrap_or_else(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use fluent_bundle::FluentResource;
    use serde_json::{Value, json};

    use super::{LANGUAGES, MESSAGES, TEXTS, language, render};

    /// Names of facts that a text uses: what stands after a `$`.
    fn used(text: &str) -> BTreeSet<String> {
        let after = text.split('$').skip(1);
        let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        after.map(name).collect()
    }

    /// The source of each message of a text.
    fn sources(text: &str) -> BTreeMap<String, String> {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut name = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                id.clone_into(&mut name);
            }
            found.entry(name.clone()).or_default().push_str(&format!("{line}\n"));
        }
        found.remove("");
        found
    }

    /// A key or a fact that is missing in a language, or that is one too many, fails here.
    #[test]
    fn every_language_says_every_message_with_all_its_facts() {
        for (language, text) in LANGUAGES.iter().zip(TEXTS) {
            let parsed = FluentResource::try_new(text.to_owned());
            assert!(parsed.is_ok(), "{language}: {:?}", parsed.err().map(|(_, errors)| errors));
            let sources = sources(text);
            let ids: BTreeSet<&str> = sources.keys().map(String::as_str).collect();
            let known: BTreeSet<&str> = MESSAGES.iter().map(|(id, _)| *id).collect();
            assert_eq!(ids, known, "{language}");
            for (id, facts) in MESSAGES {
                let facts: BTreeSet<String> = facts.iter().map(|name| (*name).to_owned()).collect();
                assert_eq!(used(&sources[id]), facts, "{language}: {id}");
            }
        }
    }

    #[test]
    fn messages_in_words() {
        let mut shown = String::new();
        for (id, facts) in MESSAGES {
            let facts: Value = facts
                .iter()
                .map(|name| ((*name).to_owned(), json!(format!("<{name}>"))))
                .collect::<serde_json::Map<_, _>>()
                .into();
            for language in LANGUAGES {
                let text = render(id, &facts, language);
                assert!(!text.body.contains('{') && !text.subject.contains('{'), "{language} {id}");
                assert!(!text.subject.contains('\n'), "{language} {id}");
                shown.push_str(&format!(
                    "{language} {id}\n  {}\n  {}\n",
                    text.subject,
                    text.body.replace('\n', "\n  ")
                ));
            }
        }
        insta::assert_snapshot!(shown);
        let unknown = render("no-such-message", &json!({ "a": 1 }), "fr");
        assert_eq!(
            (unknown.subject.as_str(), unknown.body.as_str()),
            ("no-such-message", "{\"a\":1}")
        );
    }

    /// A code without a text in a language, or a text without a code, fails here.
    #[test]
    fn every_language_says_every_reason() {
        let mut known: BTreeSet<&str> =
            kernel::reason::Reason::ALL.iter().map(|reason| reason.code()).collect();
        known.extend(wallet::Reason::ALL.iter().map(|reason| reason.code()));
        for (language, text) in LANGUAGES.iter().zip(super::REASONS) {
            let sources = sources(text);
            let ids: BTreeSet<&str> = sources.keys().map(String::as_str).collect();
            assert_eq!(ids, known, "{language}");
            for code in &known {
                assert!(super::reason(code, language).ends_with(['.', '。']), "{language} {code}");
            }
        }
    }

    /// A phrase that is missing in a language, or whose values are others, fails here.
    #[test]
    fn every_language_says_every_phrase() {
        let english = sources(super::PHRASES[0]);
        for (language, text) in LANGUAGES.iter().zip(super::PHRASES) {
            let parsed = FluentResource::try_new(text.to_owned());
            assert!(parsed.is_ok(), "{language}: {:?}", parsed.err().map(|(_, errors)| errors));
            let sources = sources(text);
            let keys = |of: &BTreeMap<String, String>| of.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&sources), keys(&english), "{language}");
            for (key, source) in &sources {
                assert_eq!(used(source), used(&english[key]), "{language}: {key}");
            }
        }
    }

    #[test]
    fn the_language_that_is_wanted() {
        let cases = [
            ("", "en"),
            ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
            ("nl", "nl"),
            ("zh-TW", "zh-CN"),
            ("zh-Hans-CN;q=0.5, nl;q=0.9", "nl"),
            ("de, *;q=0.1", "en"),
            ("fr;q=0, nl;q=0.1", "nl"),
            ("FR", "fr"),
            ("x\u{1}y,,;q", "en"),
        ];
        for (accepted, expected) in cases {
            assert_eq!(language(accepted), expected, "{accepted}");
        }
    }
}
