//! The arguments of `add` and `rename`.

use std::ffi::OsString;
use std::str::FromStr;

use clap::Args;
use clap::builder::{NonEmptyStringValueParser, TypedValueParser};

use crate::cli::usage::usage_of;
use crate::console::describe::Describe;
use crate::console::failure::Failure;
use crate::console::message::t;
use crate::import::download::DownloadLimits;
use crate::import::request::ImportRequest;
use webserver::library::reason::Reason;
use webserver::names::slug::slug_of;

/// The arguments of `add`.
#[derive(Args, Debug)]
pub(crate) struct AddOptions {
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<OsString>,
    #[arg(long = "as", value_name = "SLUG")]
    slugs: Vec<String>,
    #[arg(long = "title", value_name = "TITLE",
        value_parser = NonEmptyStringValueParser::new().try_map(title))]
    titles: Vec<String>,
    #[arg(long, value_name = "N", default_value = "4",
        value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,
    #[arg(long, value_name = "SIZE", default_value = "4GB")]
    max_size: ByteSize,
    #[arg(long)]
    force: bool,
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    pub publish: bool,
    #[arg(
        long,
        value_name = "N",
        requires = "publish",
        allow_negative_numbers = true
    )]
    pub port: Option<String>,
}

/// The arguments of `rename`.
#[derive(Args, Debug)]
pub(crate) struct RenameOptions {
    #[arg(value_name = "SLUG")]
    pub slug: String,
    #[arg(value_name = "NEW-SLUG", required_unless_present = "title")]
    to: Option<String>,
    #[arg(long, value_name = "TITLE",
        value_parser = NonEmptyStringValueParser::new().try_map(title))]
    pub title: Option<String>,
}

/// A size in bytes, typed as `500MB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ByteSize(u64);

impl AddOptions {
    /// The request that the arguments describe.
    ///
    /// # Errors
    /// If there is not one name for each source, or a slug has characters that a slug cannot have.
    pub(crate) fn request(&self) -> Result<ImportRequest, Failure> {
        for (option, names) in [("--as", &self.slugs), ("--title", &self.titles)] {
            let (names, sources) = (names.len(), self.sources.len());
            if names > 0 && names != sources {
                return Err(usage_of(
                    Some("add"),
                    t!(
                        "usage.one_name",
                        option = option,
                        names = names,
                        sources = sources
                    ),
                ));
            }
        }
        let mut slugs: Vec<String> = Vec::new();
        for typed in &self.slugs {
            let slug = slug(typed)?.to_owned();
            if slugs.contains(&slug) {
                return Err(usage_of(Some("add"), t!("usage.same_slug", slug = slug)));
            }
            slugs.push(slug);
        }
        Ok(ImportRequest {
            sources: self.sources.clone(),
            slugs,
            titles: self.titles.clone(),
            jobs: self.jobs.into(),
            replace: self.force,
            is_dry_run: self.dry_run,
            limits: DownloadLimits {
                bytes: self.max_size.0,
                ..DownloadLimits::default()
            },
        })
    }
}

impl RenameOptions {
    /// The new slug, or the old one if only the title changes.
    ///
    /// # Errors
    /// If it has characters that a slug cannot have.
    pub(crate) fn new_slug(&self) -> Result<&str, Failure> {
        self.to.as_deref().map_or(Ok(&self.slug), slug)
    }
}

impl FromStr for ByteSize {
    type Err = &'static str;

    fn from_str(size: &str) -> Result<Self, Self::Err> {
        let end = size
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(size.len());
        let (number, unit) = size.split_at(end);
        let unit: u64 = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kb" => 1_000,
            "m" | "mb" => 1_000_000,
            "g" | "gb" => 1_000_000_000,
            _ => return Err("kB, MB, GB"),
        };
        let number = number
            .parse()
            .ok()
            .and_then(|number: u64| number.checked_mul(unit));
        number
            .filter(|bytes| *bytes > 0)
            .map(Self)
            .ok_or("1 B to 16 EB")
    }
}

/// The library refuses a title of spaces.
fn title(typed: String) -> Result<String, &'static str> {
    match typed.trim().is_empty() {
        true => Err("text"),
        false => Ok(typed),
    }
}

fn slug(typed: &str) -> Result<&str, Failure> {
    match slug_of(typed) == typed {
        true => Ok(typed),
        false => Err(Failure::usage(
            Reason::Slug {
                slug: typed.to_owned(),
            }
            .text(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_a_decimal_number_and_an_optional_unit() {
        for (typed, expected) in [
            ("4GB", Some(4_000_000_000)),
            ("500 mb", Some(500_000_000)),
            ("20k", Some(20_000)),
            ("123", Some(123)),
            ("1B", Some(1)),
            ("0", None),
            ("", None),
            ("GB", None),
            ("4TB", None),
            ("-1", None),
            ("99999999999GB", None),
        ] {
            let size = typed.parse::<ByteSize>().ok();
            assert_eq!(size.map(|size| size.0), expected, "{typed}");
        }
    }
}
