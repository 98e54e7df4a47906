//! A file of SEPA credit transfers: ISO 20022 pain.001.001.09.
use kernel::money::UNITS_PER_MINOR;
use sepa::{
    CharsetPolicy, CreditTransferEntry, CreditTransferGroup, Pain001Builder, Transliteration,
};

use crate::order::{Batch, Order};

/// Why a batch is no file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// An order cannot be written.
    #[error("payout {payout}: {message}")]
    Order {
        /// The payout.
        payout: i64,
        /// What is wrong.
        message: String,
    },
    /// The file cannot be.
    #[error("{0}")]
    Whole(String),
}

pub(crate) fn of_order(order: &Order, message: impl ToString) -> FileError {
    FileError::Order { payout: order.payout, message: message.to_string() }
}

/// Whole minor units.
pub(crate) fn cents(order: &Order) -> Result<i64, FileError> {
    if order.net <= 0 || order.net % UNITS_PER_MINOR != 0 {
        return Err(of_order(order, "the amount is no whole number of cents"));
    }
    Ok(order.net / UNITS_PER_MINOR)
}

/// A name in the letters that banks take.
///
/// # Errors
/// [`FileError::Order`] where none of its letters can be written so.
pub(crate) fn plain_name(order: &Order, most: usize) -> Result<String, FileError> {
    let name = sepa::transliterate(&order.method.holder, Transliteration::Epc);
    let readable = name.chars().filter(char::is_ascii_alphanumeric).count();
    let kept = order.method.holder.chars().filter(|c| c.is_alphanumeric()).count();
    if readable == 0 || readable * 2 < kept {
        let message = "the holder's name has letters that the bank does not take: \
                       add a method with the name as the bank writes it";
        return Err(of_order(order, message));
    }
    Ok(name.chars().take(most).collect::<String>().trim().to_owned())
}

/// The file. Its message id is the batch's key: a bank refuses the same file twice.
///
/// # Errors
/// [`FileError`] naming the payout that cannot be written; nothing is left out in silence.
pub fn write(batch: &Batch) -> Result<String, FileError> {
    let whole = |message: String| FileError::Whole(message);
    let account = &batch.account;
    let debtor = sepa::validate_iban(&account.iban)
        .map_err(|error| whole(format!("the account `{}`: {error}", account.name)))?;
    let executed: sepa::IsoDate = batch
        .executed
        .to_string()
        .parse()
        .map_err(|_| whole(format!("{} is no day for a bank", batch.executed)))?;
    let seconds = kernel::day::instant(batch.created_us - batch.created_us.rem_euclid(1_000_000));
    let created = seconds.parse::<sepa::IsoDateTime>();
    let created = created.map_err(|_| whole("the batch has no time".to_owned()))?;
    let mut group = CreditTransferGroup::new(&account.holder, &debtor, executed)
        .payment_info_id(format!("{}-1", batch.key))
        .batch_booking(false);
    if !account.bic.is_empty() {
        let bic = sepa::validate_bic(&account.bic)
            .map_err(|error| whole(format!("the account `{}`: {error}", account.name)))?;
        group = group.debtor_bic(bic);
    }
    let mut entries = Vec::with_capacity(batch.orders.len());
    let mut keys = std::collections::BTreeSet::new();
    for order in &batch.orders {
        if !keys.insert(order.key.as_str()) {
            return Err(of_order(order, "it is in the file twice"));
        }
        let iban = sepa::validate_iban(order.method.field("iban"))
            .map_err(|error| of_order(order, error))?;
        if !iban.is_sepa() {
            return Err(of_order(order, "the account's country is not in SEPA"));
        }
        let name = plain_name(order, 70)?;
        let text = format!("Payout {}", order.key);
        let mut entry = CreditTransferEntry::new(&name, iban, cents(order)?, &order.key)
            .with_description(&text);
        let bic = order.method.field("bic");
        if !bic.is_empty() {
            entry =
                entry.with_bic(sepa::validate_bic(bic).map_err(|error| of_order(order, error))?);
        }
        entries.push(entry);
    }
    let builder = Pain001Builder::new(&account.holder, &batch.key)
        .created_at(created)
        .charset(CharsetPolicy::Transliterate(Transliteration::Epc))
        .add_group(group.add_entries(entries));
    builder.build().map_err(|error| whole(error.to_string()))
}
