//! Mail by SMTP.
use std::time::{Duration, SystemTime};

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp;
use lettre::{Address, Message, SmtpTransport, Transport};

const TIMEOUT: Duration = Duration::from_secs(20);

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What makes it this one: a part of its Message-ID.
    pub id: String,
    /// To whom: name and address.
    pub to: (String, String),
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// When it was written, in seconds.
    pub at_s: i64,
}

/// A mail server.
#[derive(Debug)]
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

/// Why mail did not go out.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The settings make no sense.
    #[error("the mail server's settings: {0}")]
    Settings(String),
    /// An address is none.
    #[error("no mail address: {0}")]
    Address(String),
    /// The letter cannot be written.
    #[error("the letter cannot be written: {0}")]
    Letter(String),
    /// The server does not take it.
    #[error("the mail server: {0}")]
    Server(#[from] smtp::Error),
}

impl MailError {
    /// Whether it may do better later.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, MailError::Server(error) if !error.is_permanent())
    }
}

impl Mailer {
    /// A mail server by its URL (`smtps://user:password@host`, `smtp://host?tls=required`), and
    /// from whom its letters are.
    ///
    /// # Errors
    /// [`MailError::Settings`].
    pub fn new(url: &str, from: &str) -> Result<Mailer, MailError> {
        // The error may have the password in it: it is not told.
        let wrong = |_| MailError::Settings("the URL is none of smtp:// or smtps://".to_owned());
        let builder = SmtpTransport::from_url(url).map_err(wrong)?;
        let from =
            from.parse().map_err(|_| MailError::Settings(format!("`{from}` is no sender")))?;
        Ok(Mailer { transport: builder.timeout(Some(TIMEOUT)).build(), from })
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// [`MailError`]; [`MailError::passes`] says whether to try again.
    pub fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let (name, address) = &letter.to;
        let address: Address =
            address.parse().map_err(|_| MailError::Address("the recipient's".to_owned()))?;
        let host = self.from.email.domain();
        let at_s = u64::try_from(letter.at_s).unwrap_or(0);
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(name.clone()), address))
            .subject(letter.subject.clone())
            .message_id(Some(format!("<{}@{host}>", letter.id)))
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(at_s))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|error| MailError::Letter(error.to_string()))?;
        self.transport.send(&message)?;
        Ok(())
    }
}
