//! Appeals: cases, what is said in them, evidence, and back-pay.
use kernel::Day;

use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::{Row, Value};

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealRow {
    /// Its number.
    pub seq: i64,
    /// What makes it one matter.
    pub matter_key: String,
    /// Whose it is.
    pub creator: String,
    /// The matter's word.
    pub matter: String,
    /// The program that it is about; empty for none.
    pub program: String,
    /// The day that it is about; empty for none.
    pub day: String,
    /// The work that it is about; empty for none.
    pub work: String,
    /// The review or hold that it is about; 0 for none.
    pub about: i64,
    /// Where it is.
    pub state: String,
    /// Which officer in a row looks at it: 1 or 2.
    pub instance: i64,
    /// What is contested, as it was shown: JSON.
    pub receipt: String,
    /// SHA-256 of it.
    pub receipt_digest: Vec<u8>,
    /// The creator's words.
    pub words: String,
    /// Who filed it.
    pub filed_by: String,
    /// What presses more stands higher.
    pub priority: i64,
    /// 0, 1 when it is due soon, 2 when it is overdue.
    pub escalated: i64,
    /// When it is to be answered.
    pub due_us: i64,
    /// The officer who has it; empty for none.
    pub claimed_by: String,
    /// Since when.
    pub claimed_us: Option<i64>,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_us: Option<i64>,
    /// Codes of the answer: JSON.
    pub codes: String,
    /// The answer in words.
    pub answer: String,
    /// What is made good: JSON.
    pub remedy: String,
    /// When it was filed.
    pub created_us: i64,
    /// When it was changed last.
    pub changed_us: i64,
}

/// Something said in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealMessageRow {
    /// Its number.
    pub seq: i64,
    /// The case.
    pub appeal: i64,
    /// Who said it.
    pub author: String,
    /// What.
    pub body: String,
    /// When.
    pub recorded_us: i64,
}

/// Evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    /// Its number.
    pub seq: i64,
    /// The case.
    pub appeal: i64,
    /// Its name, as people see it.
    pub name: String,
    /// Its type, as its bytes say.
    pub media: String,
    /// Its length.
    pub bytes: i64,
    /// SHA-256 of it.
    pub digest: Vec<u8>,
    /// Where it lies in the lake.
    pub path: String,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub recorded_us: i64,
}

/// What a wrong verdict took of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackpayRow {
    /// Its number.
    pub seq: i64,
    /// The case.
    pub appeal: i64,
    /// The program that pays.
    pub program: String,
    /// Who is paid.
    pub creator: String,
    /// The day.
    pub day: Day,
    /// Nought for what was computed first, higher where a correction of the day changed it.
    pub number: i64,
    /// The asset.
    pub asset: String,
    /// What would have been paid more, in ledger units, than the rows before say.
    pub due: i64,
    /// What is paid of it: a cap may be lower. Below nought it is taken back.
    pub amount: i64,
    /// `held` or `paid`.
    pub state: String,
    /// When it was computed.
    pub recorded_us: i64,
    /// When it was paid.
    pub paid_us: Option<i64>,
}

fn appeal(row: &Row) -> Result<AppealRow, StoreError> {
    Ok(AppealRow {
        seq: row.int(0)?,
        matter_key: row.text(1)?.to_owned(),
        creator: row.text(2)?.to_owned(),
        matter: row.text(3)?.to_owned(),
        program: row.text(4)?.to_owned(),
        day: row.text(5)?.to_owned(),
        work: row.text(6)?.to_owned(),
        about: row.int(7)?,
        state: row.text(8)?.to_owned(),
        instance: row.int(9)?,
        receipt: row.text(10)?.to_owned(),
        receipt_digest: row.blob(11)?.to_vec(),
        words: row.text(12)?.to_owned(),
        filed_by: row.text(13)?.to_owned(),
        priority: row.int(14)?,
        escalated: row.int(15)?,
        due_us: row.int(16)?,
        claimed_by: row.text(17)?.to_owned(),
        claimed_us: row.maybe_int(18)?,
        decided_by: row.text(19)?.to_owned(),
        decided_us: row.maybe_int(20)?,
        codes: row.text(21)?.to_owned(),
        answer: row.text(22)?.to_owned(),
        remedy: row.text(23)?.to_owned(),
        created_us: row.int(24)?,
        changed_us: row.int(25)?,
    })
}

fn message(row: &Row) -> Result<AppealMessageRow, StoreError> {
    Ok(AppealMessageRow {
        seq: row.int(0)?,
        appeal: row.int(1)?,
        author: row.text(2)?.to_owned(),
        body: row.text(3)?.to_owned(),
        recorded_us: row.int(4)?,
    })
}

fn attachment(row: &Row) -> Result<AttachmentRow, StoreError> {
    Ok(AttachmentRow {
        seq: row.int(0)?,
        appeal: row.int(1)?,
        name: row.text(2)?.to_owned(),
        media: row.text(3)?.to_owned(),
        bytes: row.int(4)?,
        digest: row.blob(5)?.to_vec(),
        path: row.text(6)?.to_owned(),
        added_by: row.text(7)?.to_owned(),
        recorded_us: row.int(8)?,
    })
}

fn backpay(row: &Row) -> Result<BackpayRow, StoreError> {
    Ok(BackpayRow {
        seq: row.int(0)?,
        appeal: row.int(1)?,
        program: row.text(2)?.to_owned(),
        creator: row.text(3)?.to_owned(),
        day: row.parsed(4)?,
        number: row.int(5)?,
        asset: row.text(6)?.to_owned(),
        due: row.int(7)?,
        amount: row.int(8)?,
        state: row.text(9)?.to_owned(),
        recorded_us: row.int(10)?,
        paid_us: row.maybe_int(11)?,
    })
}

impl Db {
    /// Opens a case; gives its number.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when one on the matter is open; [`StoreError`].
    pub fn add_appeal(&mut self, one: &AppealRow) -> Result<i64, StoreError> {
        let text = |text: &str| -> Value { text.into() };
        let values = [
            text(&one.matter_key),
            text(&one.creator),
            text(&one.matter),
            text(&one.program),
            text(&one.day),
            text(&one.work),
            one.about.into(),
            text(&one.state),
            one.instance.into(),
            text(&one.receipt),
            one.receipt_digest.as_slice().into(),
            text(&one.words),
            text(&one.filed_by),
            one.priority.into(),
            one.escalated.into(),
            one.due_us.into(),
            text(&one.claimed_by),
            one.claimed_us.into(),
            text(&one.decided_by),
            one.decided_us.into(),
            text(&one.codes),
            text(&one.answer),
            text(&one.remedy),
            one.created_us.into(),
            one.changed_us.into(),
        ];
        self.execute(statement::APPEAL_ADD, &values)?;
        self.number(statement::APPEAL_LAST)
    }

    /// A case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn appeal(&mut self, seq: i64) -> Result<Option<AppealRow>, StoreError> {
        self.query(statement::APPEAL_GET, &[seq.into()])?.first().map(appeal).transpose()
    }

    /// The newest case on a matter.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn appeal_of_matter(&mut self, key: &str) -> Result<Option<AppealRow>, StoreError> {
        self.query(statement::APPEAL_OF_MATTER, &[key.into()])?.first().map(appeal).transpose()
    }

    /// Cases of a creator after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn appeals_of(
        &mut self,
        creator: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<AppealRow>, StoreError> {
        let values = [creator.into(), after.into(), limit.into()];
        self.query(statement::APPEAL_OF_CREATOR, &values)?.iter().map(appeal).collect()
    }

    /// Cases after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn appeals(&mut self, after: i64, limit: i64) -> Result<Vec<AppealRow>, StoreError> {
        let rows = self.query(statement::APPEAL_PAGE, &[after.into(), limit.into()])?;
        rows.iter().map(appeal).collect()
    }

    /// Open cases, the most pressing first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn appeal_queue(&mut self, limit: i64) -> Result<Vec<AppealRow>, StoreError> {
        self.query(statement::APPEAL_QUEUE, &[limit.into()])?.iter().map(appeal).collect()
    }

    /// Open cases that are overdue, or due before `soon_us`, and of which nobody was told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn late_appeals(
        &mut self,
        now_us: i64,
        soon_us: i64,
    ) -> Result<Vec<AppealRow>, StoreError> {
        let rows = self.query(statement::APPEAL_LATE, &[now_us.into(), soon_us.into()])?;
        rows.iter().map(appeal).collect()
    }

    /// Overturned cases that are not made good yet, decided before a time, of which nobody was
    /// told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn unpaid_appeals(&mut self, before_us: i64) -> Result<Vec<AppealRow>, StoreError> {
        self.query(statement::APPEAL_UNPAID, &[before_us.into()])?.iter().map(appeal).collect()
    }

    /// Cases that were made good, or are about to be, and were decided since a time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn made_good_since(&mut self, since_us: i64) -> Result<Vec<AppealRow>, StoreError> {
        self.query(statement::APPEAL_MADE_GOOD, &[since_us.into()])?.iter().map(appeal).collect()
    }

    /// Cases that were filed or decided in a time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn appeals_between(
        &mut self,
        from_us: i64,
        to_us: i64,
    ) -> Result<Vec<AppealRow>, StoreError> {
        let rows = self.query(statement::APPEAL_BETWEEN, &[from_us.into(), to_us.into()])?;
        rows.iter().map(appeal).collect()
    }

    /// Keeps a case as it is now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn change_appeal(&mut self, one: &AppealRow) -> Result<(), StoreError> {
        let values = [
            one.seq.into(),
            one.state.as_str().into(),
            one.instance.into(),
            one.priority.into(),
            one.escalated.into(),
            one.due_us.into(),
            one.claimed_by.as_str().into(),
            one.claimed_us.into(),
            one.decided_by.as_str().into(),
            one.decided_us.into(),
            one.codes.as_str().into(),
            one.answer.as_str().into(),
            one.remedy.as_str().into(),
            one.changed_us.into(),
        ];
        self.execute(statement::APPEAL_SET, &values).map(|_| ())
    }

    /// Adds what was said in a case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_appeal_message(&mut self, one: &AppealMessageRow) -> Result<(), StoreError> {
        let values = [
            one.appeal.into(),
            one.author.as_str().into(),
            one.body.as_str().into(),
            one.recorded_us.into(),
        ];
        self.execute(statement::APPEAL_MESSAGE_ADD, &values).map(|_| ())
    }

    /// What was said in a case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn appeal_messages(&mut self, seq: i64) -> Result<Vec<AppealMessageRow>, StoreError> {
        self.query(statement::APPEAL_MESSAGE_OF, &[seq.into()])?.iter().map(message).collect()
    }

    /// Adds evidence.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_attachment(&mut self, one: &AttachmentRow) -> Result<(), StoreError> {
        let values = [
            one.appeal.into(),
            one.name.as_str().into(),
            one.media.as_str().into(),
            one.bytes.into(),
            one.digest.as_slice().into(),
            one.path.as_str().into(),
            one.added_by.as_str().into(),
            one.recorded_us.into(),
        ];
        self.execute(statement::ATTACHMENT_ADD, &values).map(|_| ())
    }

    /// The evidence of a case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn attachments(&mut self, appeal: i64) -> Result<Vec<AttachmentRow>, StoreError> {
        self.query(statement::ATTACHMENT_OF, &[appeal.into()])?.iter().map(attachment).collect()
    }

    /// Where all evidence lies in the lake.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn attachment_paths(&mut self) -> Result<Vec<String>, StoreError> {
        let rows = self.query(statement::ATTACHMENT_PATHS, &[])?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// Adds what a verdict took of a day: held until it is paid.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when that day of the case was computed before.
    pub fn add_backpay(&mut self, one: &BackpayRow) -> Result<(), StoreError> {
        let values = [
            one.appeal.into(),
            one.program.as_str().into(),
            one.creator.as_str().into(),
            one.day.to_string().into(),
            one.number.into(),
            one.asset.as_str().into(),
            one.due.into(),
            one.amount.into(),
            one.recorded_us.into(),
        ];
        self.execute(statement::BACKPAY_ADD, &values).map(|_| ())
    }

    /// What a case brings, by program, creator and day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn backpays(&mut self, appeal: i64) -> Result<Vec<BackpayRow>, StoreError> {
        self.query(statement::BACKPAY_OF, &[appeal.into()])?.iter().map(backpay).collect()
    }

    /// Back-pay that a creator was paid.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn backpays_of(&mut self, creator: &str) -> Result<Vec<BackpayRow>, StoreError> {
        let rows = self.query(statement::BACKPAY_OF_CREATOR, &[creator.into()])?;
        rows.iter().map(backpay).collect()
    }

    /// Back-pay that was paid in a time, by asset, in ledger units.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn restored_between(
        &mut self,
        from_us: i64,
        to_us: i64,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        self.counted(statement::BACKPAY_BETWEEN, from_us, to_us)
    }

    /// Steps of memberships in a time, by state.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn steps_between(
        &mut self,
        from_us: i64,
        to_us: i64,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        self.counted(statement::MEMBERSHIP_BETWEEN, from_us, to_us)
    }

    fn counted(
        &mut self,
        statement: statement::Statement,
        from_us: i64,
        to_us: i64,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = self.query(statement, &[from_us.into(), to_us.into()])?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
    }

    /// Cases whose back-pay waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn held_backpays(&mut self) -> Result<Vec<i64>, StoreError> {
        let rows = self.query(statement::BACKPAY_HELD, &[])?;
        rows.iter().map(|row| row.int(0)).collect()
    }

    /// Marks the held back-pay of a creator in a case and program as paid.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn pay_backpay(
        &mut self,
        (appeal, program, creator): (i64, &str, &str),
        now_us: i64,
    ) -> Result<(), StoreError> {
        let values = [appeal.into(), program.into(), creator.into(), now_us.into()];
        self.execute(statement::BACKPAY_PAY, &values).map(|_| ())
    }
}
