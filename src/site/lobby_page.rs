//! The page of the lobby: every game with its cover, in one language.

use rust_i18n::t;

use crate::html::escape::escape;
use crate::language::Language;
use crate::site::drawn_cover::hue;
use crate::site::lobby_game::LobbyGame;
use crate::site::path::to_url;

/// The covers that a browser loads at once; the others follow as they come into view.
const EAGER: usize = 12;

/// Renders the page. Its mark changes when the page does, apart from the numbers of plays and players.
pub(crate) fn lobby_page(games: &[LobbyGame], language: Language) -> String {
    let quiet: Vec<_> = games.iter().map(LobbyGame::without_figures).collect();
    let unmarked = render(&quiet, language, "");
    let mark = &blake3::hash(unmarked.as_bytes()).to_hex()[..16];
    render(games, language, mark)
}

fn render(games: &[LobbyGame], language: Language, mark: &str) -> String {
    let tag = language.tag();
    let total = match games.len() {
        1 => t!("lobby.total_one", locale = tag),
        count => t!("lobby.total", locale = tag, count = count),
    };
    let featured = games.iter().find(|game| game.is_featured);
    let featured = featured.map_or_else(String::new, |game| featured_section(game, language));
    let cards = games.iter().enumerate();
    let cards: String = cards
        .map(|(place, game)| card(place, game, language))
        .collect();
    let list = match games.is_empty() {
        true => format!(
            "  <p class=\"nothing\">{}</p>",
            t!("lobby.empty", locale = tag)
        ),
        false => format!("  <h2>{}</h2>", t!("lobby.all", locale = tag)),
    };
    format!(
        r##"<!doctype html>
<html lang="{tag}" data-page="{mark}" data-players="{players}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
<meta name="description" content="{about}">
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="lobby.css">
<script src="lobby.js" defer></script>
<header>
  <h1>{heading}</h1>
  <p class="total">{total}</p>
  <form role="search" hidden>
    <input type="search" name="search" aria-label="{search}" placeholder="{search}" autocomplete="off">
    <select name="sort" aria-label="{sort}">{options}</select>
  </form>
</header>
<main>
{featured}{list}
  <ul class="games">
{cards}  </ul>
  <p class="nothing" id="nothing" role="status" hidden>{nothing}</p>
</main>
{footer}
</html>
"##,
        options = order_options(language),
        heading = t!("lobby.heading", locale = tag),
        about = t!("lobby.about", locale = tag),
        players = t!("lobby.players", locale = tag, count = "#"),
        search = t!("lobby.search", locale = tag),
        sort = t!("lobby.sort", locale = tag),
        nothing = t!("lobby.nothing", locale = tag),
        footer = footer(language),
    )
}

/// The orders that the games can be sorted in.
fn order_options(language: Language) -> String {
    let tag = language.tag();
    [
        ("library", t!("lobby.order_library", locale = tag)),
        ("played", t!("lobby.order_played", locale = tag)),
        ("newest", t!("lobby.order_newest", locale = tag)),
        ("name", t!("lobby.order_name", locale = tag)),
    ]
    .into_iter()
    .map(|(value, name)| format!("<option value=\"{value}\">{name}</option>"))
    .collect()
}

/// The link to the page in the other language, and the keys of the page.
fn footer(language: Language) -> String {
    let other = match language {
        Language::English => Language::Chinese,
        Language::Chinese => Language::English,
    };
    format!(
        r#"<footer>
  <a href="?lang={tag}" lang="{tag}" hreflang="{tag}">{name}</a>
  <p class="keys">{keys}</p>
</footer>"#,
        tag = other.tag(),
        name = t!("lobby.language", locale = other.tag()),
        keys = t!("lobby.keys", locale = language.tag()),
    )
}

fn featured_section(game: &LobbyGame, language: Language) -> String {
    let tag = language.tag();
    let label = t!("lobby.featured", locale = tag);
    format!(
        r#"  <section class="featured" aria-label="{label}" data-slug="{slug}">
    <a href="{address}">
      {cover}
      <div class="about">
        <p class="label">{label}</p>
        <h2 dir="auto">{title}</h2>
        {description}
        <span class="play">{play}</span>
      </div>
    </a>
  </section>
"#,
        slug = escape(&game.slug),
        address = address(game),
        cover = cover(game, language, true),
        title = escape(game.title.get(language)),
        description = description(game, language),
        play = t!("lobby.play", locale = tag),
    )
}

fn card(place: usize, game: &LobbyGame, language: Language) -> String {
    let titles = Language::ALL.map(|language| game.title.get(language));
    format!(
        r#"    <li data-slug="{slug}" data-place="{place}" data-plays="{plays}" data-added="{added}" data-also="{also}"><a href="{address}">
      {cover}
      <div class="about"><h3 dir="auto">{title}</h3>{description}</div></a></li>
"#,
        slug = escape(&game.slug),
        plays = game.plays,
        added = game.added,
        also = escape(&titles.join(" ")),
        address = address(game),
        cover = cover(game, language, place < EAGER),
        title = escape(game.title.get(language)),
        description = description(game, language),
    )
}

/// The path that redirects to the game's own origin, relative to the page.
fn address(game: &LobbyGame) -> String {
    escape(to_url(&format!("play/{}", game.slug)).trim_start_matches('/'))
}

fn description(game: &LobbyGame, language: Language) -> String {
    let description = game.description.as_ref();
    description.map_or_else(String::new, |text| {
        format!("<p dir=\"auto\">{}</p>", escape(text.get(language)))
    })
}

fn cover(game: &LobbyGame, language: Language, is_eager: bool) -> String {
    let hue = hue(&game.slug);
    let class = match game.cover.is_icon() {
        true => " class=\"icon\"",
        false => "",
    };
    let loading = match is_eager {
        true => "",
        false => " loading=\"lazy\"",
    };
    let hidden = match game.players {
        0 => " hidden",
        _ => "",
    };
    let players = t!(
        "lobby.players",
        locale = language.tag(),
        count = game.players
    );
    format!(
        r#"<span class="cover hue{hue}"><img{class} src="{address}" alt=""{loading}><span class="players"{hidden}>{players}</span></span>"#,
        address = escape(&game.cover.address()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::page::tags;

    #[test]
    fn every_game_is_a_link_to_its_own_address_and_no_title_is_markup() {
        let games = [
            LobbyGame::unplayed("one", "One"),
            LobbyGame::unplayed("two", "<script>\"'&"),
        ];
        for language in Language::ALL {
            let page = lobby_page(&games, language);
            let tags = tags(page.as_bytes());
            let links: Vec<_> = tags
                .iter()
                .filter_map(|tag| tag.attribute("href"))
                .collect();
            assert!(
                links.contains(&"play/one") && links.contains(&"play/two"),
                "{links:?}"
            );
            let scripts = tags.iter().filter(|tag| tag.name == "script");
            assert_eq!(scripts.count(), 1, "{page}");
            let html = tags.iter().find(|tag| tag.name == "html").unwrap();
            assert_eq!(html.attribute("lang"), Some(language.tag()));
        }
    }

    #[test]
    fn a_title_from_right_to_left_is_written_so() {
        let game = LobbyGame {
            is_featured: true,
            ..LobbyGame::unplayed("one", "\u{5d0}\u{5d1} 2!")
        };
        let page = lobby_page(&[game], Language::English);
        for heading in ["h2", "h3"] {
            let title = format!("<{heading} dir=\"auto\">\u{5d0}\u{5d1} 2!</{heading}>");
            assert!(page.contains(&title), "{page}");
        }
    }

    #[test]
    fn the_mark_changes_with_the_games_and_not_with_the_figures() {
        let mark = |games: &[LobbyGame]| {
            let page = lobby_page(games, Language::English);
            let tags = tags(page.as_bytes());
            let html = tags.iter().find(|tag| tag.name == "html").unwrap();
            html.attribute("data-page").unwrap().to_owned()
        };
        let [one, two] = ["one", "two"].map(|slug| LobbyGame::unplayed(slug, slug));
        let busy = LobbyGame {
            plays: 3,
            players: 2,
            ..one.clone()
        };
        assert_eq!(
            mark(std::slice::from_ref(&one)),
            mark(std::slice::from_ref(&busy))
        );
        let featured = LobbyGame {
            is_featured: true,
            ..one.clone()
        };
        assert_ne!(
            mark(std::slice::from_ref(&one)),
            mark(std::slice::from_ref(&featured))
        );
        assert_ne!(mark(&[one.clone(), two.clone()]), mark(&[two, one]));
    }

    #[test]
    fn the_number_of_players_is_shown_where_somebody_plays() {
        for (players, hidden) in [(0, Some("")), (1, None), (2, None)] {
            let game = LobbyGame {
                players,
                ..LobbyGame::unplayed("one", "One")
            };
            let page = lobby_page(&[game], Language::English);
            let tags = tags(page.as_bytes());
            let number = tags
                .iter()
                .find(|tag| tag.attribute("class") == Some("players"));
            assert_eq!(number.unwrap().attribute("hidden"), hidden, "{players}");
        }
    }
}
