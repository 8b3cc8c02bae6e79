//! The kind of device that a `User-Agent` field names.

use crate::console::message::t;

/// A kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Device {
    IPhone,
    IPad,
    AndroidPhone,
    AndroidTablet,
    Windows,
    Mac,
    ChromeOs,
    Linux,
    /// A PlayStation, Xbox or Switch.
    GameConsole,
    /// Not a browser.
    Program,
    Unknown,
}

impl Device {
    /// The first kind whose mark is in a `User-Agent`.
    pub(crate) fn from_user_agent(user_agent: &str) -> Self {
        let has = |mark: &str| user_agent.contains(mark);
        let is_browser = user_agent.starts_with("Mozilla/");
        match () {
            () if ["PlayStation", "Xbox", "Nintendo"]
                .iter()
                .any(|mark| has(mark)) =>
            {
                Self::GameConsole
            }
            () if has("iPhone") || has("iPod") => Self::IPhone,
            () if has("iPad") => Self::IPad,
            () if has("Android") && has("Mobile") => Self::AndroidPhone,
            () if has("Android") => Self::AndroidTablet,
            () if has("Windows") => Self::Windows,
            () if has("Macintosh") => Self::Mac,
            () if has("CrOS") => Self::ChromeOs,
            () if has("Linux") || has("X11") => Self::Linux,
            () if !is_browser && !user_agent.is_empty() => Self::Program,
            () => Self::Unknown,
        }
    }

    /// Its name for the host.
    pub(crate) fn name(self) -> String {
        match self {
            Self::IPhone => "iPhone".into(),
            Self::IPad => "iPad".into(),
            Self::AndroidPhone => t!("device.android_phone"),
            Self::AndroidTablet => t!("device.android_tablet"),
            Self::Windows => "Windows".into(),
            Self::Mac => "Mac".into(),
            Self::ChromeOs => "ChromeOS".into(),
            Self::Linux => "Linux".into(),
            Self::GameConsole => t!("device.game_console"),
            Self::Program => t!("device.program"),
            Self::Unknown => t!("device.unknown"),
        }
        .into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_its_user_agent() {
        for (user_agent, device) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1",
                Device::IPhone,
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) Mobile/15E148",
                Device::IPad,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/138.0.0.0 Mobile Safari/537.36",
                Device::AndroidPhone,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36",
                Device::AndroidTablet,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/140.0",
                Device::Windows,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605",
                Device::Mac,
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/138",
                Device::ChromeOs,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0",
                Device::Linux,
            ),
            (
                "Mozilla/5.0 (PlayStation; PlayStation 5/6.50)",
                Device::GameConsole,
            ),
            (
                "Mozilla/5.0 (Nintendo Switch; WebApplet)",
                Device::GameConsole,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One)",
                Device::GameConsole,
            ),
            ("curl/8.5.0", Device::Program),
            ("Mozilla/5.0", Device::Unknown),
            ("", Device::Unknown),
        ] {
            assert_eq!(Device::from_user_agent(user_agent), device, "{user_agent}");
        }
    }
}
