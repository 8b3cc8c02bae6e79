//! Adding games to a library in object storage: folders are uploaded from where they are, everything else is first
//! unpacked among the temporary files.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::import::batch::{self, AddedGame, ImportOutcome, ImportResult};
use crate::import::error::ImportError;
use crate::import::intake::LibraryPlace;
use crate::import::job::{Job, Note, ProgressSink, Step};
use crate::import::request::ImportRequest;
use crate::import::source::{ImportSource, display, game_name};
use crate::import::store::Store;
use webserver::bucket::error::BucketError;
use webserver::bucket::games;
use webserver::bucket::upload::{NewUpload, upload};
use webserver::library::game::Game;
use webserver::library::title::{own_title, title_by_name};
use webserver::names::slug::slug_of;
use webserver::source::bucket::BucketPlace;

/// One run of `add`.
struct Adding<'a> {
    request: &'a ImportRequest,
    place: &'a Arc<BucketPlace>,
    sink: &'a dyn ProgressSink,
    cancellation: &'a CancellationToken,
    /// The slugs that this run has given out.
    given: HashSet<String>,
}

/// Adds all sources, one after the other; the files of each are sent in parallel. Returns the outcomes in order. Blocks;
/// must be called in the context of a runtime, which the downloads run on.
pub(crate) fn add(
    request: &ImportRequest,
    place: &Arc<BucketPlace>,
    sink: &dyn ProgressSink,
    cancellation: &CancellationToken,
) -> Vec<ImportOutcome> {
    let mut adding = Adding {
        request,
        place,
        sink,
        cancellation,
        given: HashSet::new(),
    };
    let numbers = 0..request.sources.len();
    numbers.flat_map(|number| adding.add(number)).collect()
}

impl Adding<'_> {
    fn add(&mut self, number: usize) -> Vec<ImportOutcome> {
        let typed = &self.request.sources[number];
        let outcomes = match ImportSource::parse(typed) {
            _ if self.cancellation.is_cancelled() => Err(ImportError::Interrupted),
            Ok(ImportSource::Folder(folder)) => Ok(vec![ImportOutcome {
                name: display(typed),
                result: self.add_folder(number, &folder),
            }]),
            Ok(_) => self.add_unpacked(number),
            Err(error) => Err(error),
        };
        self.sink.end(number);
        outcomes.unwrap_or_else(|error| {
            vec![ImportOutcome {
                name: display(typed),
                result: Err(error),
            }]
        })
    }

    fn add_folder(&mut self, number: usize, folder: &Path) -> ImportResult {
        let real = folder.canonicalize();
        let real = real.map_err(|error| ImportError::read(folder, error))?;
        let game = Game::from_folder(folder)?;
        let listing = game.source.listing().map_err(BucketError::from)?;
        if let Some(note) = Note::of_left_out(&listing.left_out) {
            self.sink.note(number, &note);
        }
        let slug = self.request.slugs.get(number).cloned();
        let slug = slug.unwrap_or_else(|| slug_of(&game_name(&real)));
        let typed = self.request.titles.get(number).cloned();
        let own = own_title(&game.source, &game.entry);
        let title = typed.or(own).unwrap_or_else(|| title_by_name(&real));
        let bytes = listing.files.iter().map(|file| file.length).sum();
        self.send(number, &game, (&slug, Some(&title)), bytes)
    }

    /// Adds the games of an archive, a page or a download through a library that is deleted with the process.
    fn add_unpacked(&mut self, number: usize) -> Result<Vec<ImportOutcome>, ImportError> {
        let write = |error| ImportError::write(&std::env::temp_dir(), error);
        let folder = tempfile::Builder::new().prefix("webserver-").tempdir();
        let folder = folder.map_err(write)?;
        let config = folder.path().join("config.toml");
        std::fs::write(&config, "").map_err(|error| ImportError::write(&config, error))?;
        let store = Store::find(Some(&config))?;
        let chosen = |names: &[String]| names.get(number).cloned().into_iter().collect();
        let request = ImportRequest {
            sources: vec![self.request.sources[number].clone()],
            slugs: chosen(&self.request.slugs),
            titles: chosen(&self.request.titles),
            ..self.request.clone()
        };
        let sink = Renumbered {
            sink: self.sink,
            number,
        };
        let unpacked = batch::add(&request, &store, &sink, self.cancellation)?;
        let games = store.library()?.games;
        let send = |outcome: ImportOutcome| ImportOutcome {
            name: outcome.name,
            result: outcome.result.and_then(|added| {
                let slug = added.place.slug;
                let bytes = added.bytes.unwrap_or_default();
                match games.iter().find(|game| game.slug == slug) {
                    Some(game) => self.send(number, game, (&slug, None), bytes),
                    None => self.check_slug(&slug, added.bytes),
                }
            }),
        };
        Ok(unpacked.into_iter().map(send).collect())
    }

    fn send(
        &mut self,
        number: usize,
        game: &Game,
        (slug, title): (&str, Option<&str>),
        bytes: u64,
    ) -> ImportResult {
        if self.request.is_dry_run {
            return self.check_slug(slug, Some(bytes));
        }
        if !self.given.insert(slug.to_owned()) {
            return Err(taken(slug));
        }
        let job = Job::new(number, self.sink, self.cancellation.clone());
        job.begin(Step::Sending, Some(bytes));
        let new = NewUpload {
            game,
            slug,
            title,
            replaces: self.request.replace,
        };
        let transferred = |bytes, _all| self.sink.advance(number, bytes);
        let uploaded = upload(self.place, &new, self.cancellation, &transferred)?;
        Ok(self.added(slug, uploaded.is_replaced, Some(uploaded.bytes)))
    }

    /// The outcome of a dry run.
    fn check_slug(&self, slug: &str, bytes: Option<u64>) -> ImportResult {
        let is_replaced = games::has(self.place, slug)?;
        match is_replaced && !self.request.replace {
            true => Err(taken(slug)),
            false => Ok(self.added(slug, is_replaced, bytes)),
        }
    }

    fn added(&self, slug: &str, is_replaced: bool, bytes: Option<u64>) -> AddedGame {
        let address = self.place.address.trim_end_matches('/');
        AddedGame {
            place: LibraryPlace {
                slug: slug.to_owned(),
                folder: PathBuf::from(format!("{address}/games/{slug}.json")),
                is_replaced,
            },
            bytes,
        }
    }
}

fn taken(slug: &str) -> ImportError {
    ImportError::Taken {
        slug: slug.to_owned(),
    }
}

/// The only source of a run of its own, as one of several.
struct Renumbered<'a> {
    sink: &'a dyn ProgressSink,
    number: usize,
}

impl ProgressSink for Renumbered<'_> {
    fn begin(&self, _source: usize, step: Step, bytes: Option<u64>) {
        self.sink.begin(self.number, step, bytes);
    }

    fn advance(&self, _source: usize, bytes: u64) {
        self.sink.advance(self.number, bytes);
    }

    fn note(&self, _source: usize, note: &Note) {
        self.sink.note(self.number, note);
    }

    /// The upload follows.
    fn end(&self, _source: usize) {}
}
