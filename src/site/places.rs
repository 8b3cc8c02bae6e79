//! What each path leads to, worked out before anybody asks.

use hashbrown::HashMap;
use http::StatusCode;

use super::path::to_url;
use super::{Asset, BuildError, Fallbacks, Place, Redirect};
use crate::games::nearest::Nearest;

/// What stands at every path, and what is like a path at which nothing stands.
#[derive(Debug, Default)]
pub struct Places {
    exact: HashMap<Box<str>, Place>,
    fallbacks: Fallbacks,
    nearest: Nearest,
}

impl Places {
    /// The places of these assets. `inner` are further names for some, which give way to files of that name; `prefix`
    /// is what the game's paths may begin with besides.
    ///
    /// # Errors
    /// When there is no entry page of this name.
    pub fn new(
        assets: &[Asset],
        inner: &[(String, usize)],
        entry: &str,
        prefix: &str,
    ) -> Result<Self, BuildError> {
        let mut places = Self {
            exact: HashMap::with_capacity(assets.len() * 2),
            fallbacks: Fallbacks::default(),
            nearest: Nearest::new(assets.iter().map(|asset| &*asset.name)),
        };
        for (index, asset) in assets.iter().enumerate() {
            places.exact.insert(asset.name.clone(), Place::Asset(index));
        }
        for (name, index) in inner {
            places.add(name, Place::Asset(*index));
        }
        places.add_folders();
        let front = places.front(entry)?;
        if let Some((folder, _)) = entry.rsplit_once('/') {
            places.add_without(&format!("{folder}/"));
        }
        places.exact.insert("".into(), front);
        if !prefix.is_empty() {
            places.add_below(prefix);
        }
        places.fallbacks = Fallbacks::new(places.exact.keys().map(|name| &**name));
        Ok(places)
    }

    /// What stands at a path.
    pub fn at(&self, path: &str) -> Option<&Place> {
        self.exact.get(path)
    }

    /// What is like a path at which nothing stands.
    pub fn like(&self, path: &str) -> Option<(&Place, &super::Fallback)> {
        let fallback = self.fallbacks.like(path)?;
        Some((self.at(&fallback.name)?, fallback))
    }

    /// The name that comes nearest to a path at which nothing stands.
    pub fn nearest(&self, path: &str) -> Option<&str> {
        self.nearest.to(path)
    }

    fn add(&mut self, path: &str, place: Place) {
        self.exact.entry(path.into()).or_insert(place);
    }

    /// `levels/index.html` is also what `levels/` answers with, and where `levels` leads to.
    fn add_folders(&mut self) {
        let mut pages: Vec<(Box<str>, usize)> = Vec::new();
        for (path, place) in &self.exact {
            let name = path.rsplit('/').next().unwrap_or_default();
            if let Place::Asset(index) = place
                && name.len() < path.len()
                && (name.eq_ignore_ascii_case("index.html")
                    || name.eq_ignore_ascii_case("index.htm"))
            {
                pages.push((path.clone(), *index));
            }
        }
        // Small letters before capitals, `html` before `htm`.
        pages.sort_by(|a, b| b.cmp(a));
        for (page, index) in pages {
            let Some((folder, _)) = page.rsplit_once('/') else {
                continue;
            };
            let with_slash = format!("{folder}/");
            let redirect = Redirect {
                status: StatusCode::PERMANENT_REDIRECT,
                location: to_url(&with_slash),
            };
            self.add(folder, Place::Redirect(redirect));
            self.add(&with_slash, Place::Asset(index));
        }
    }

    /// What `/` answers with. A page in a sub-folder is redirected to, so that its relative links hold.
    fn front(&self, page: &str) -> Result<Place, BuildError> {
        match self.at(page) {
            Some(_) if page.contains('/') => Ok(Place::Redirect(Redirect {
                status: StatusCode::TEMPORARY_REDIRECT,
                location: to_url(page),
            })),
            Some(Place::Asset(index)) => Ok(Place::Asset(*index)),
            _ => Err(BuildError::EntryGone {
                entry: page.to_owned(),
            }),
        }
    }

    /// Absolute references of a page in a sub-folder were made for a server whose root is that folder.
    fn add_without(&mut self, folder: &str) {
        let mut without = Vec::new();
        for (path, place) in &self.exact {
            let path = path.strip_prefix(folder);
            without.extend(path.map(|path| (path.to_owned(), place.clone())));
        }
        for (path, place) in without {
            self.add(&path, place);
        }
    }

    /// Everything is below `prefix` too, and `/` leads there, because the page looks at its own address.
    fn add_below(&mut self, prefix: &str) {
        let start = to_url(prefix);
        let mut below = Vec::with_capacity(self.exact.len());
        for (path, place) in &self.exact {
            let place = match place {
                Place::Redirect(redirect) => Place::Redirect(Redirect {
                    location: start.clone() + redirect.location.trim_start_matches('/'),
                    ..redirect.clone()
                }),
                Place::Asset(index) => Place::Asset(*index),
            };
            below.push((format!("{prefix}{path}"), place));
        }
        for (path, place) in below {
            self.add(&path, place);
        }
        let to_start = Place::Redirect(Redirect {
            status: StatusCode::TEMPORARY_REDIRECT,
            location: start,
        });
        self.add(prefix.trim_end_matches('/'), to_start.clone());
        self.exact.insert("".into(), to_start);
    }
}
