//! Signing in: exchanges the token in the address for a cookie. Wrong tokens are answered late, and few at a time.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http::header::{COOKIE, HeaderMap, HeaderValue, RETRY_AFTER, SET_COOKIE};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::control::console_access::ConsoleAccess;
use crate::web_console::answer::{ConsoleBody, redirect, refusal};

/// The time that the answer to a wrong token takes.
const PENALTY: Duration = Duration::from_secs(1);

/// The wrong tokens that wait for their answer at once; more are refused unread.
const WAITING: usize = 4;

/// The most cookies that are looked at: games at other ports of the host can set some.
const MOST_COOKIES: usize = 64;

/// The decision about who may sign in.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    access: ConsoleAccess,
    waiting: Arc<Semaphore>,
}

impl SignIn {
    pub(crate) fn new(access: ConsoleAccess) -> Self {
        Self {
            access,
            waiting: Arc::new(Semaphore::new(WAITING)),
        }
    }

    /// True if a request carries the cookie.
    pub(crate) fn is_signed_in(&self, fields: &HeaderMap) -> bool {
        let name = self.access.cookie_name();
        cookies(fields, &name)
            .take(MOST_COOKIES)
            .any(|value| self.access.admits(value))
    }

    /// Exchanges the token for the cookie, by a redirect to the address without it. `None` for a wrong one, after a
    /// while.
    pub(crate) async fn exchange(&self, token: &str) -> Option<http::Response<ConsoleBody>> {
        let Some(cookie) = self.access.cookie_for(token) else {
            let Ok(_place) = self.waiting.try_acquire() else {
                let mut answer = refusal(StatusCode::TOO_MANY_REQUESTS);
                answer
                    .headers_mut()
                    .insert(RETRY_AFTER, HeaderValue::from(1));
                return Some(answer);
            };
            tracing::warn!(event = "console_wrong_token");
            sleep(PENALTY).await;
            return None;
        };
        let name = self.access.cookie_name();
        let cookie = format!("{name}={cookie}; Path=/; HttpOnly; SameSite=Strict");
        let mut answer = redirect("/");
        let cookie = HeaderValue::try_from(cookie).ok()?;
        answer.headers_mut().insert(SET_COOKIE, cookie);
        Some(answer)
    }
}

/// The values of the cookies with this name (RFC 6265, 5.4).
pub(crate) fn cookies<'a>(
    fields: &'a HeaderMap,
    name: &'a str,
) -> impl Iterator<Item = &'a str> + use<'a> {
    fields
        .get_all(COOKIE)
        .iter()
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(move |(found, _)| *found == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::addresses::Scheme;

    fn sign_in() -> (SignIn, String) {
        let access = ConsoleAccess::new("127.0.0.1:9000".parse().unwrap(), Scheme::Http).unwrap();
        let address = access.local_address();
        let token = address.split_once("token=").unwrap().1.to_owned();
        (SignIn::new(access), token)
    }

    #[tokio::test(start_paused = true)]
    async fn wrong_tokens_wait_and_only_a_few_at_a_time() {
        let (sign_in, token) = sign_in();
        let begin = tokio::time::Instant::now();
        let wrong = || async { sign_in.exchange("0123").await.map(|answer| answer.status()) };
        let right = async { sign_in.exchange(&token).await.map(|answer| answer.status()) };
        let (a, b, c, d, e, right) =
            tokio::join!(wrong(), wrong(), wrong(), wrong(), wrong(), right);
        assert_eq!(begin.elapsed(), PENALTY);
        assert_eq!([a, b, c, d], [None; 4]);
        assert_eq!(e, Some(StatusCode::TOO_MANY_REQUESTS));
        // A holder of the token does not wait behind guesses.
        assert_eq!(right, Some(StatusCode::SEE_OTHER));
    }

    #[tokio::test]
    async fn the_cookie_is_found_among_others_of_its_name() {
        let (sign_in, token) = sign_in();
        let answer = sign_in.exchange(&token).await.unwrap();
        let set = answer.headers()[SET_COOKIE].to_str().unwrap();
        let (pair, attributes) = set.split_once("; ").unwrap();
        assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict");
        for (field, expected) in [
            (pair.to_owned(), true),
            (format!("a=b; webserver-console-9000=x; {pair}"), true),
            ("webserver-console-9000=x".to_owned(), false),
            (pair.replace("9000", "9001"), false),
            (format!("{pair}0"), false),
            (String::new(), false),
        ] {
            let mut fields = HeaderMap::new();
            fields.insert(COOKIE, HeaderValue::try_from(&field).unwrap());
            assert_eq!(sign_in.is_signed_in(&fields), expected, "{field}");
        }
    }
}
