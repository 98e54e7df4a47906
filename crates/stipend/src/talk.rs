//! Talk: messages and progress on standard error, failures with their place in a document.
use std::io::IsTerminal;
use std::process::ExitCode;

use app::Error;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};

/// Writes a line of data. A reader that has seen enough (`| head`) ends the process quietly.
pub(crate) fn say(text: &str) {
    write(&format!("{text}\n"));
}

/// Writes text as it stands, like [`say`].
pub(crate) fn write(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Says something to a person, on standard error.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// A failed command, with the document that it is about, if any.
pub(crate) struct Failure {
    pub(crate) error: Box<Error>,
    pub(crate) document: Option<(String, String)>,
    pub(crate) json: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { error: Box::new(error), document: None, json: false }
    }
}

impl Failure {
    /// Names the document that the error is about.
    pub(crate) fn about(error: impl Into<Error>, name: &str, text: &str) -> Failure {
        Failure {
            error: Box::new(error.into()),
            document: Some((name.to_owned(), text.to_owned())),
            json: false,
        }
    }

    /// Tells what went wrong; gives the exit code.
    pub(crate) fn tell(self) -> ExitCode {
        let code = ExitCode::from(self.error.exit_code());
        let message = message(&self.error);
        if self.json {
            eprintln!("{}", serde_json::json!({ "error": message }));
            return code;
        }
        match (&self.document, span_and_help(&self.error)) {
            (Some((name, text)), (span, help)) => {
                let mut diagnostic = MietteDiagnostic::new(message);
                if let Some(span) = span {
                    diagnostic = diagnostic.with_label(LabeledSpan::underline(span));
                }
                if let Some(help) = help {
                    diagnostic = diagnostic.with_help(help);
                }
                let report = miette::Report::new(diagnostic)
                    .with_source_code(NamedSource::new(name, text.clone()));
                let theme = if std::io::stderr().is_terminal() {
                    GraphicalTheme::unicode()
                } else {
                    GraphicalTheme::unicode_nocolor()
                };
                let mut out = String::new();
                let handler = GraphicalReportHandler::new_themed(theme);
                match handler.render_report(&mut out, report.as_ref()) {
                    Ok(()) => eprintln!("error in `{name}`\n{out}"),
                    Err(_) => eprintln!("error: {report}"),
                }
            }
            (None, _) => eprintln!("error: {message}"),
        }
        code
    }
}

/// An error with those of its causes that it does not say itself.
pub(crate) fn message(error: &Error) -> String {
    let mut chain = vec![error.to_string()];
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let text = cause.to_string();
        if !chain.iter().any(|known| known.contains(&text)) {
            chain.push(text);
        }
        source = cause.source();
    }
    chain.join(": ")
}

fn span_and_help(error: &Error) -> (Option<std::ops::Range<usize>>, Option<String>) {
    match error {
        Error::Policy(error) => (error.span.clone(), error.help.clone()),
        Error::Mapping(error) => {
            (error.span.clone(), Some("mapping files: docs/reference/mapping.md".to_owned()))
        }
        _ => (None, None),
    }
}

/// A progress bar on standard error; silent when that is not a terminal.
pub(crate) fn bar(title: &str, length: Option<u64>) -> ProgressBar {
    let bar = match length {
        Some(length) => ProgressBar::new(length),
        None => ProgressBar::new_spinner(),
    };
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let template = match length {
        Some(_) => "{prefix:>10} [{bar:30}] {msg}  {elapsed} gone, {eta} left",
        None => "{prefix:>10} {spinner} {msg}  {elapsed}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_prefix(title.to_owned());
    bar
}

/// A number with thin groups: 1,234,567.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
