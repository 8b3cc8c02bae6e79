//! One visit of a browser to a game: from the empty page until the game is quiet, or time is up.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tokio::time::{Instant as Moment, sleep_until, timeout_at};

use crate::play::browser::{BrowserProcess, PHONE_HOST};
use crate::play::devtools::{Devtools, DevtoolsError, ProtocolMessage};
use crate::play::picture::shows_something;
use crate::play::recording::Recording;
use webserver::check::play_fault::{ObservedFault, PlayFault, Visitor};

/// The time without a request after which the game has loaded.
const QUIET: Duration = Duration::from_secs(2);

/// The pause between two checks that the game is quiet.
const TICK: Duration = Duration::from_millis(100);

/// The longest time for the picture at the end.
const LAST_PICTURE: Duration = Duration::from_secs(15);

/// A phone's network: 20 Mbit/s, in bytes a second.
const PHONE_BYTES_A_SECOND: u64 = 20_000_000 / 8;

/// The longest time of a visit.
pub(crate) fn limit(visitor: Visitor) -> Duration {
    Duration::from_secs(match visitor {
        Visitor::ThisMachine => 30,
        Visitor::Phone => 60,
    })
}

/// The time without a picture and without a request after which a loaded game counts as showing nothing.
fn blank_limit(visitor: Visitor) -> Duration {
    Duration::from_secs(match visitor {
        Visitor::ThisMachine => 10,
        Visitor::Phone => 20,
    })
}

/// The result of a visit.
#[derive(Debug)]
pub(crate) struct VisitReport {
    pub visitor: Visitor,
    /// True if the page is in a secure context, if it could be asked.
    pub is_secure: Option<bool>,
    /// True if the page is isolated, if it could be asked.
    pub is_isolated: Option<bool>,
    /// The time and bytes until something was visible.
    pub first_picture: Option<FirstPicture>,
    pub files: u64,
    pub bytes: u64,
    /// The time until the last request ended.
    pub loaded_after: Duration,
    /// True if the game was quiet before time was up.
    pub is_settled: bool,
    /// True if something was visible at the end.
    pub has_picture: bool,
    pub faults: Vec<ObservedFault>,
    /// The picture at the end, as PNG.
    pub screenshot: Option<Vec<u8>>,
}

/// The first picture that was not of one colour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FirstPicture {
    pub after: Duration,
    pub bytes: u64,
}

/// Visits the game that is served at a port of this machine.
///
/// # Errors
/// If the browser ends or does not answer.
pub(crate) async fn visit(
    browser: &mut BrowserProcess,
    visitor: Visitor,
    port: u16,
) -> Result<VisitReport, DevtoolsError> {
    let host = match visitor {
        Visitor::ThisMachine => "localhost",
        Visitor::Phone => PHONE_HOST,
    };
    let origin = format!("http://{host}:{port}/");
    let product = browser.product.clone();
    let devtools = &mut browser.devtools;
    let context = devtools
        .call("", "Target.createBrowserContext", json!({}))
        .await?["browserContextId"]
        .take();
    let page = open_page(devtools, visitor, &context, &product).await?;
    let mut visit = Visit {
        devtools,
        page,
        visitor,
        recording: Recording::new(&origin),
        started: Instant::now(),
        first_picture: None,
    };
    let settled = visit.load(&origin).await;
    let report = match settled {
        Ok(is_settled) => visit.finish(is_settled).await,
        Err(error) => Err(error),
    };
    let disposed = json!({ "browserContextId": context });
    devtools
        .call("", "Target.disposeBrowserContext", disposed)
        .await?;
    devtools.forget_events();
    report
}

/// Opens an empty page that is watched, as the visitor would see it. Returns its session.
async fn open_page(
    devtools: &mut Devtools,
    visitor: Visitor,
    context: &Value,
    product: &str,
) -> Result<String, DevtoolsError> {
    let denied = json!({ "behavior": "deny", "browserContextId": context });
    devtools
        .call("", "Browser.setDownloadBehavior", denied)
        .await?;
    let blank = json!({ "url": "about:blank", "browserContextId": context });
    let target = devtools.call("", "Target.createTarget", blank).await?;
    let attach = json!({ "targetId": target["targetId"], "flatten": true });
    let attached = devtools.call("", "Target.attachToTarget", attach).await?;
    let page = attached["sessionId"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    for command in ["Page.enable", "Inspector.enable"] {
        devtools.call(&page, command, json!({})).await?;
    }
    for (command, params) in watching(visitor)
        .into_iter()
        .chain(screen(visitor, product))
    {
        devtools.call(&page, command, params).await?;
    }
    let pictures = json!({ "format": "png", "maxWidth": 400, "maxHeight": 400 });
    devtools
        .call(&page, "Page.startScreencast", pictures)
        .await?;
    Ok(page)
}

/// The commands that make a page, frame or worker tell what happens in it.
fn watching(visitor: Visitor) -> Vec<(&'static str, Value)> {
    let attach = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
    let mut commands = vec![
        ("Network.enable", json!({})),
        ("Runtime.enable", json!({})),
        ("Log.enable", json!({})),
        ("Target.setAutoAttach", attach),
    ];
    if visitor == Visitor::Phone {
        let network = json!({ "offline": false, "latency": 20,
            "downloadThroughput": PHONE_BYTES_A_SECOND, "uploadThroughput": PHONE_BYTES_A_SECOND });
        commands.push(("Network.emulateNetworkConditions", network));
    }
    commands
}

/// The commands that give a page its screen, and a phone its processor.
fn screen(visitor: Visitor, product: &str) -> Vec<(&'static str, Value)> {
    let metrics = "Emulation.setDeviceMetricsOverride";
    if visitor == Visitor::ThisMachine {
        let screen =
            json!({ "width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        return vec![(metrics, screen)];
    }
    let version = product.split('/').nth(1).unwrap_or_default();
    let major = version.split('.').next().unwrap_or_default();
    let agent = format!(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Mobile Safari/537.36"
    );
    vec![
        (
            metrics,
            json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true }),
        ),
        (
            "Emulation.setTouchEmulationEnabled",
            json!({ "enabled": true, "maxTouchPoints": 5 }),
        ),
        ("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })),
        (
            "Emulation.setUserAgentOverride",
            json!({ "userAgent": agent, "platform": "Linux armv81" }),
        ),
    ]
}

/// A visit under way.
struct Visit<'a> {
    devtools: &'a mut Devtools,
    /// The session of the page.
    page: String,
    visitor: Visitor,
    recording: Recording,
    started: Instant,
    first_picture: Option<FirstPicture>,
}

impl Visit<'_> {
    /// Opens the game and waits until it is quiet. Returns false if time was up before.
    async fn load(&mut self, origin: &str) -> Result<bool, DevtoolsError> {
        self.started = Instant::now();
        let deadline = Moment::now() + limit(self.visitor);
        let address = json!({ "url": origin });
        let navigation = self
            .devtools
            .send(&self.page, "Page.navigate", address)
            .await?;
        let mut tick = Moment::now() + TICK;
        loop {
            let message = tokio::select! {
                biased;
                () = sleep_until(tick.min(deadline)) => None,
                message = self.devtools.next() => Some(message?),
            };
            match message {
                Some(message) if message.id == Some(navigation) => {
                    if let Some(reason) = failed_navigation(&message) {
                        self.recording
                            .faults
                            .add(PlayFault::NoPage { reason }, "", None);
                        return Ok(true);
                    }
                }
                Some(message) => self.react(message).await?,
                None => tick = Moment::now() + TICK,
            }
            if self.recording.has_crashed || self.is_settled() {
                return Ok(true);
            }
            if Moment::now() >= deadline {
                return Ok(false);
            }
        }
    }

    fn is_settled(&self) -> bool {
        let pause = match self.first_picture {
            Some(_) => QUIET,
            None => blank_limit(self.visitor),
        };
        let first = self
            .first_picture
            .map_or(Duration::ZERO, |first| first.after);
        let since = first.max(self.recording.requests.last_change);
        self.recording.is_loaded
            && self.recording.requests.is_quiet()
            && self.started.elapsed() > since + pause
    }

    /// Records an event, and answers those that need an answer.
    async fn react(&mut self, message: ProtocolMessage) -> Result<(), DevtoolsError> {
        let (event, params, now) = (&*message.method, &message.params, self.started.elapsed());
        self.recording.note(event, params, now);
        match event {
            "Page.screencastFrame" => {
                let received = json!({ "sessionId": params["sessionId"] });
                self.command("Page.screencastFrameAck", received).await?;
                let picture = decoded(&params["data"]);
                let is_first = self.recording.has_begun && self.first_picture.is_none();
                if is_first && picture.is_some_and(|png| shows_something(&png)) {
                    self.first_picture = Some(FirstPicture {
                        after: now,
                        bytes: self.recording.requests.bytes(),
                    });
                    // Further pictures would take time from the game.
                    self.command("Page.stopScreencast", json!({})).await?;
                }
            }
            "Page.javascriptDialogOpening" => {
                let accept = json!({ "accept": true });
                self.command("Page.handleJavaScriptDialog", accept).await?;
            }
            "Target.attachedToTarget" => {
                let session = params["sessionId"].as_str().unwrap_or_default().to_owned();
                for (command, params) in watching(self.visitor) {
                    self.devtools.send(&session, command, params).await?;
                }
                let run = "Runtime.runIfWaitingForDebugger";
                self.devtools.send(&session, run, json!({})).await?;
            }
            _ => {}
        }
        Ok(())
    }

    async fn command(
        &mut self,
        command: &'static str,
        params: Value,
    ) -> Result<u64, DevtoolsError> {
        self.devtools.send(&self.page, command, params).await
    }

    /// Asks the page for its state and takes the last picture.
    async fn finish(mut self, is_settled: bool) -> Result<VisitReport, DevtoolsError> {
        let expression = json!({ "returnByValue": true,
            "expression": "[isSecureContext, self.crossOriginIsolated === true]" });
        let state = self.command("Runtime.evaluate", expression).await?;
        let png = json!({ "format": "png" });
        let picture = self.command("Page.captureScreenshot", png).await?;
        let (mut contexts, mut screenshot) = (Value::Null, None);
        let deadline = Moment::now() + LAST_PICTURE;
        while !self.recording.has_crashed {
            let Ok(message) = timeout_at(deadline, self.devtools.next()).await else {
                break;
            };
            let message = message?;
            if message.id == Some(state) {
                contexts = message.result["result"]["value"].clone();
            } else if message.id == Some(picture) {
                screenshot = decoded(&message.result["data"]);
                break;
            } else {
                self.react(message).await?;
            }
        }
        let has_picture =
            self.first_picture.is_some() || screenshot.as_deref().is_some_and(shows_something);
        let is_explained = |one: &ObservedFault| {
            matches!(one.fault, PlayFault::NoPage { .. } | PlayFault::Crashed)
        };
        if !has_picture && !self.recording.faults.found.iter().any(is_explained) {
            self.recording.faults.add(PlayFault::Blank, "", None);
        }
        Ok(VisitReport {
            visitor: self.visitor,
            is_secure: contexts[0].as_bool(),
            is_isolated: contexts[1].as_bool(),
            first_picture: self.first_picture,
            files: self.recording.requests.files(),
            bytes: self.recording.requests.bytes(),
            loaded_after: self.recording.requests.last_change,
            is_settled,
            has_picture,
            faults: self.recording.faults.found,
            screenshot,
        })
    }
}

fn decoded(data: &Value) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(data.as_str()?).ok()
}

/// The reason that the page cannot be opened, if it cannot.
fn failed_navigation(answer: &ProtocolMessage) -> Option<String> {
    match (&answer.error, &answer.result["errorText"]) {
        (Some(error), _) => Some(error.message.clone()),
        (None, Value::String(reason)) if reason != "net::ERR_ABORTED" => Some(reason.clone()),
        (None, _) => None,
    }
}
