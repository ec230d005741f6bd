//! The options that ask about a time: `--at`, `--from` and `--to`, a day, a month or a year each; read here for every command.

use clap::Args;
use jiff::civil::Date;

use super::Failure;
use crate::query::Question;
use crate::values::edtf;
use crate::values::period::Period;

/// When what is asked about held.
#[derive(Debug, Default, Clone, Args)]
pub struct TimeArgs {
    /// What held on this day, or at some time of this month or year
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to"])]
    pub at: Vec<String>,
    /// What held at some time from this day, month or year on
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// What held at some time up to this day, month or year
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// Only what certainly held then
    #[arg(long, conflicts_with = "possible")]
    pub certain: bool,
    /// What may have held then, marked (the default)
    #[arg(long)]
    pub possible: bool,
}

impl TimeArgs {
    /// The time that is asked about, and whether only what is certain counts.
    pub fn read(&self) -> Result<Option<(Period, bool)>, Failure> {
        let period = match &self.at[..] {
            [] => Period { from: first("from", self.from.as_ref())?, to: last("to", self.to.as_ref())? },
            [at] => self::at(Some(at))?.unwrap_or_default(),
            _ => {
                let hint =
                    "--from DAY --to DAY asks about the time between them; `civigraph query changes --at DAY --at DAY` compares two days";
                return Err(Failure::Usage("--at is given more than once".to_owned(), Some(hint.to_owned())));
            }
        };
        if let (Some(from), Some(to)) = (period.from, period.to)
            && from > to
        {
            return Err(Failure::Usage(format!("the period ends before it begins: from {from} to {to}"), None));
        }
        if period == Period::default() {
            return if self.certain || self.possible {
                Err(Failure::Usage("--certain and --possible go with --at, --from or --to".to_owned(), None))
            } else {
                Ok(None)
            };
        }
        Ok(Some((period, self.certain)))
    }

    /// The time that a question is asked about. One that compares two days (`#+ days: first second`) takes them as its parameters,
    /// from `--at` twice or from `--from` and `--to`.
    pub fn of(&self, question: Option<&Question>, parameters: &mut Vec<(String, String)>) -> Result<Option<(Period, bool)>, Failure> {
        let Some(days) = question.and_then(|question| question.settings.get("days")) else { return self.read() };
        let names: Vec<&str> = days.split([' ', ',']).filter(|name| !name.is_empty()).map(|name| name.trim_start_matches('?')).collect();
        let given = match (&self.at[..], &self.from, &self.to) {
            ([], None, None) => [None, None],
            ([first, second], None, None) => [Some(first), Some(second)],
            ([], first, second) => [first.as_ref(), second.as_ref()],
            _ => {
                let hint = "--at DAY --at DAY, or --from DAY --to DAY".to_owned();
                return Err(Failure::Usage("this question compares two days".to_owned(), Some(hint)));
            }
        };
        if self.certain || self.possible {
            let message = "--certain and --possible go with one day or period; this question says of each row what is certain";
            return Err(Failure::Usage(message.to_owned(), None));
        }
        for (index, (name, given)) in names.iter().zip(given).enumerate() {
            let day = if index == 0 { first("from", given)? } else { last("to", given)? };
            if let Some(day) = day {
                parameters.push(((*name).to_owned(), edtf::show(day)));
            }
        }
        Ok(None)
    }
}

/// The time that `--at` was given, if it was.
pub fn at(given: Option<&String>) -> Result<Option<Period>, Failure> {
    period("at", given)
}

/// The first day of what an option was given.
pub fn first(option: &str, given: Option<&String>) -> Result<Option<Date>, Failure> {
    Ok(period(option, given)?.and_then(|period| period.from))
}

/// The last day of what an option was given.
pub fn last(option: &str, given: Option<&String>) -> Result<Option<Date>, Failure> {
    Ok(period(option, given)?.and_then(|period| period.to))
}

fn period(option: &str, given: Option<&String>) -> Result<Option<Period>, Failure> {
    let Some(given) = given else { return Ok(None) };
    let expected =
        || Failure::Usage(format!("--{option}: expected a day, month or year (YYYY-MM-DD, YYYY-MM, YYYY), found `{given}`"), None);
    Period::read(given).map(Some).ok_or_else(expected)
}
