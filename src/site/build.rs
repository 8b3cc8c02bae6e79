//! From a game on disk, which changes and is not trusted, to a site, which does neither.

use std::collections::HashMap;

use http::StatusCode;
use rust_i18n::t;
use thiserror::Error;

use super::path::to_url;
use super::{
    Asset, Coding, NotFound, PublicationDate, Redirect, Representation, Resource, Site, media_type,
};
use crate::games::Game;
use crate::games::source::Unreadable;

/// Why a game could not be made into a site. What was on the air stays there.
#[derive(Debug, Error)]
pub enum BuildError {
    /// A file or folder could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The page to start with went away after the library was read.
    #[error("{}", t!("build.entry_gone", entry = entry))]
    EntryGone {
        /// The page.
        entry: String,
    },
}

impl Site {
    /// Reads every file of the game and prepares every answer. Blocks; takes as long as reading the files does.
    ///
    /// # Errors
    /// When a file cannot be read or the entry page is gone.
    pub fn build(game: &Game, published_at: Option<PublicationDate>) -> Result<Self, BuildError> {
        let files = game.source.files()?;
        let mut bytes = 0;
        let mut resources = HashMap::with_capacity(files.len() * 2);
        for file in &files {
            let content = game.source.read(file)?;
            bytes += content.len() as u64;
            let media_type = media_type::content_type(&file.path, &content);
            let asset = Asset {
                representations: vec![Representation::new(Coding::Identity, media_type, content)],
            };
            add_folder(&mut resources, &file.path, &asset);
            resources.insert(file.path.as_str().into(), Resource::Asset(asset));
        }
        let entry = entry(&resources, &game.entry)?;
        resources.insert("".into(), entry);
        Ok(Self {
            slug: game.slug.clone(),
            title: game.title.clone(),
            files: files.len(),
            bytes,
            published_at,
            not_found: NotFound::new(&game.title),
            resources,
        })
    }
}

/// `levels/index.html` is also what `levels/` answers with, and where `levels` leads to.
fn add_folder(resources: &mut HashMap<Box<str>, Resource>, path: &str, asset: &Asset) {
    let Some(folder) = path.strip_suffix("/index.html") else {
        return;
    };
    let with_slash = format!("{folder}/");
    let redirect = Redirect {
        status: StatusCode::PERMANENT_REDIRECT,
        location: to_url(&with_slash),
    };
    resources.insert(folder.into(), Resource::Redirect(redirect));
    resources.insert(with_slash.into(), Resource::Asset(asset.clone()));
}

/// What `/` answers with. A page in a sub-folder is redirected to, so that its relative links hold.
fn entry(resources: &HashMap<Box<str>, Resource>, page: &str) -> Result<Resource, BuildError> {
    let resource = resources.get(page).ok_or_else(|| BuildError::EntryGone {
        entry: page.to_owned(),
    })?;
    if page.contains('/') {
        return Ok(Resource::Redirect(Redirect {
            status: StatusCode::TEMPORARY_REDIRECT,
            location: to_url(page),
        }));
    }
    Ok(resource.clone())
}
