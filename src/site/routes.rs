//! The routes of a site: every path and its resource, computed when the site is built.

use hashbrown::HashMap;
use http::StatusCode;

use crate::names::similar::{Fallback, Fallbacks};
use crate::names::suggest::Nearest;
use crate::site::asset::Asset;
use crate::site::error::BuildError;
use crate::site::path::to_url;
use crate::site::resource::{Redirect, RouteTarget};

/// The resources by path, with similar and near names for paths without one.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    exact: HashMap<Box<str>, RouteTarget>,
    fallbacks: Fallbacks,
    nearest: Nearest,
}

impl Routes {
    /// Computes the routes. `inner` has further names of assets, which yield to files of the same name; `prefix` is a base
    /// path that works as well as the root.
    ///
    /// # Errors
    /// When the entry page does not exist.
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
                .insert(asset.name.clone(), RouteTarget::Asset(index));
        }
        for (name, index) in inner {
            routes.add(name, RouteTarget::Asset(*index));
        }
        routes.add_folders();
        routes.add_pages_without_ending();
        let root = routes.root(entry)?;
        if let Some((folder, _)) = entry.rsplit_once('/') {
            routes.add_without_folder(&format!("{folder}/"));
        }
        routes.exact.insert("".into(), root);
        if !prefix.is_empty() {
            routes.add_below_prefix(prefix);
        }
        routes.fallbacks = Fallbacks::new(routes.exact.keys().map(|name| &**name));
        Ok(routes)
    }

    /// The resource at a path.
    pub(crate) fn get(&self, path: &str) -> Option<&RouteTarget> {
        self.exact.get(path)
    }

    /// The resource whose path differs only in case or Unicode normalization.
    pub(crate) fn find_similar(&self, path: &str) -> Option<(&RouteTarget, &Fallback)> {
        let fallback = self.fallbacks.find(path)?;
        Some((self.get(&fallback.name)?, fallback))
    }

    /// The name nearest to a path without a resource.
    pub(crate) fn nearest(&self, path: &str) -> Option<&str> {
        self.nearest.find(path)
    }

    fn add(&mut self, path: &str, route: RouteTarget) {
        self.exact.entry(path.into()).or_insert(route);
    }

    /// Serves `levels/index.html` at `levels/` too, and redirects `levels` there.
    fn add_folders(&mut self) {
        let mut pages: Vec<(Box<str>, usize)> = Vec::new();
        for (path, route) in &self.exact {
            let name = path.rsplit('/').next().unwrap_or_default();
            if let RouteTarget::Asset(index) = route
                && name.len() < path.len()
                && (name.eq_ignore_ascii_case("index.html")
                    || name.eq_ignore_ascii_case("index.htm"))
            {
                pages.push((path.clone(), *index));
            }
        }
        // Lower case before upper case, `html` before `htm`.
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
            self.add(folder, RouteTarget::Redirect(redirect));
            self.add(&with_slash, RouteTarget::Asset(index));
        }
    }

    /// Serves `play.html` or `play.htm` at `play` too, where nothing else has the name: web hosts do this, and pages
    /// link that way. `play/` leads there.
    fn add_pages_without_ending(&mut self) {
        let mut pages: Vec<(Box<str>, usize, bool)> = Vec::new();
        for (path, route) in &self.exact {
            let stem = path.strip_suffix(".html");
            if let (RouteTarget::Asset(index), Some(stem)) =
                (route, stem.or_else(|| path.strip_suffix(".htm")))
                && !["", "index"].contains(&stem.rsplit('/').next().unwrap_or(stem))
            {
                pages.push((stem.into(), *index, path.ends_with(".htm")));
            }
        }
        // `html` before `htm`.
        pages.sort_by_key(|(_, _, is_short)| *is_short);
        for (stem, index, _) in pages {
            let name = stem.rsplit('/').next().unwrap_or(&stem);
            let redirect = Redirect {
                status: StatusCode::PERMANENT_REDIRECT,
                location: format!("../{}", to_url(name)),
            };
            self.add(&format!("{stem}/"), RouteTarget::Redirect(redirect));
            self.add(&stem, RouteTarget::Asset(index));
        }
    }

    /// The resource at `/`. A page in a sub-folder is redirected to, which keeps its relative links intact.
    fn root(&self, page: &str) -> Result<RouteTarget, BuildError> {
        match self.get(page) {
            Some(_) if page.contains('/') => Ok(RouteTarget::Redirect(Redirect {
                status: StatusCode::TEMPORARY_REDIRECT,
                location: to_url(page),
            })),
            Some(RouteTarget::Asset(index)) => Ok(RouteTarget::Asset(*index)),
            _ => Err(BuildError::EntryGone {
                entry: page.to_owned(),
            }),
        }
    }

    /// Serves the files of the entry page's folder at the root as well: its absolute references were made for a server
    /// whose root is that folder.
    fn add_without_folder(&mut self, folder: &str) {
        let mut without = Vec::new();
        for (path, route) in &self.exact {
            let path = path.strip_prefix(folder);
            without.extend(path.map(|path| (path.to_owned(), route.clone())));
        }
        for (path, route) in without {
            self.add(&path, route);
        }
    }

    /// Serves everything below `prefix` as well, and redirects `/` there, because the page reads its own address. Files
    /// that the game has there come first, and then `/` stays the page.
    fn add_below_prefix(&mut self, prefix: &str) {
        let is_own = self.exact.keys().any(|path| path.starts_with(prefix));
        let start = to_url(prefix);
        let mut below = Vec::with_capacity(self.exact.len());
        for (path, route) in &self.exact {
            let route = match route {
                RouteTarget::Redirect(redirect) => RouteTarget::Redirect(Redirect {
                    location: start.clone() + redirect.location.trim_start_matches('/'),
                    ..redirect.clone()
                }),
                RouteTarget::Asset(index) => RouteTarget::Asset(*index),
            };
            below.push((format!("{prefix}{path}"), route));
        }
        for (path, route) in below {
            self.add(&path, route);
        }
        let to_start = RouteTarget::Redirect(Redirect {
            status: StatusCode::TEMPORARY_REDIRECT,
            location: start,
        });
        if !is_own {
            self.add(prefix.trim_end_matches('/'), to_start.clone());
            self.exact.insert("".into(), to_start);
        }
    }
}
