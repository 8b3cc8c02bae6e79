//! What each path leads to, worked out before anybody asks.

use hashbrown::HashMap;
use http::StatusCode;

use crate::names::similar::Fallbacks;
use crate::names::suggest::Nearest;
use crate::site::asset::Asset;
use crate::site::build::BuildError;
use crate::site::path::to_url;
use crate::site::resource::{Redirect, Target};

/// What stands at every path, and what is like a path at which nothing stands.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    exact: HashMap<Box<str>, Target>,
    fallbacks: Fallbacks,
    nearest: Nearest,
}

impl Routes {
    /// The routes of these assets. `inner` are further names for some, which give way to files of that name; `prefix`
    /// is what the game's paths may begin with besides.
    ///
    /// # Errors
    /// When there is no entry page of this name.
    pub(crate) fn new(
        assets: &[Asset],
        inner: &[(String, usize)],
        entry: &str,
        prefix: &str,
    ) -> Result<Self, BuildError> {
        let mut routes = Self {
            exact: HashMap::with_capacity(assets.len() * 2),
            fallbacks: Fallbacks::default(),
            nearest: Nearest::new(assets.iter().map(|asset| &*asset.name)),
        };
        for (index, asset) in assets.iter().enumerate() {
            routes
                .exact
                .insert(asset.name.clone(), Target::Asset(index));
        }
        for (name, index) in inner {
            routes.add(name, Target::Asset(*index));
        }
        routes.add_folders();
        let front = routes.front(entry)?;
        if let Some((folder, _)) = entry.rsplit_once('/') {
            routes.add_without(&format!("{folder}/"));
        }
        routes.exact.insert("".into(), front);
        if !prefix.is_empty() {
            routes.add_below(prefix);
        }
        routes.fallbacks = Fallbacks::new(routes.exact.keys().map(|name| &**name));
        Ok(routes)
    }

    /// What stands at a path.
    pub(crate) fn get(&self, path: &str) -> Option<&Target> {
        self.exact.get(path)
    }

    /// What is like a path at which nothing stands.
    pub(crate) fn find_similar(
        &self,
        path: &str,
    ) -> Option<(&Target, &crate::names::similar::Fallback)> {
        let fallback = self.fallbacks.find(path)?;
        Some((self.get(&fallback.name)?, fallback))
    }

    /// The name that comes nearest to a path at which nothing stands.
    pub(crate) fn nearest(&self, path: &str) -> Option<&str> {
        self.nearest.find(path)
    }

    fn add(&mut self, path: &str, place: Target) {
        self.exact.entry(path.into()).or_insert(place);
    }

    /// `levels/index.html` is also what `levels/` answers with, and where `levels` leads to.
    fn add_folders(&mut self) {
        let mut pages: Vec<(Box<str>, usize)> = Vec::new();
        for (path, place) in &self.exact {
            let name = path.rsplit('/').next().unwrap_or_default();
            if let Target::Asset(index) = place
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
            self.add(folder, Target::Redirect(redirect));
            self.add(&with_slash, Target::Asset(index));
        }
    }

    /// What `/` answers with. A page in a sub-folder is redirected to, so that its relative links hold.
    fn front(&self, page: &str) -> Result<Target, BuildError> {
        match self.get(page) {
            Some(_) if page.contains('/') => Ok(Target::Redirect(Redirect {
                status: StatusCode::TEMPORARY_REDIRECT,
                location: to_url(page),
            })),
            Some(Target::Asset(index)) => Ok(Target::Asset(*index)),
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
                Target::Redirect(redirect) => Target::Redirect(Redirect {
                    location: start.clone() + redirect.location.trim_start_matches('/'),
                    ..redirect.clone()
                }),
                Target::Asset(index) => Target::Asset(*index),
            };
            below.push((format!("{prefix}{path}"), place));
        }
        for (path, place) in below {
            self.add(&path, place);
        }
        let to_start = Target::Redirect(Redirect {
            status: StatusCode::TEMPORARY_REDIRECT,
            location: start,
        });
        self.add(prefix.trim_end_matches('/'), to_start.clone());
        self.exact.insert("".into(), to_start);
    }
}
