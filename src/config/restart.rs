//! The settings that a running server does not change.

use crate::config::Config;

impl Config {
    /// The keys of settings that are read at the start only, and differ from those of another configuration.
    pub fn keys_for_restart(&self, other: &Self) -> Vec<&'static str> {
        let differs = [
            ("arcade", self.arcade != other.arcade),
            ("domain", self.domain != other.domain),
            ("host", self.host != other.host),
            ("lang", self.lang != other.lang),
            ("log", self.log != other.log),
            ("name", self.name != other.name),
            ("mdns", self.mdns != other.mdns),
            ("quiet", self.quiet != other.quiet),
            ("limits", self.limits != other.limits),
            ("metrics", self.metrics != other.metrics),
            ("console", self.console != other.console),
            ("tls", self.tls != other.tls),
        ];
        let differing = differs.into_iter().filter(|(_, differs)| *differs);
        differing.map(|(key, _)| key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_the_start_are_told_from_those_of_the_library() {
        let read = |text: &str| {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("config.toml");
            std::fs::write(&file, text).unwrap();
            Config::find(Some(&file)).unwrap()
        };
        let before = read("watch = true\n[limits]\nrate_window = 10\n");
        for (text, expected) in [
            ("watch = true\n[limits]\nrate_window = 10\n", &[][..]),
            (
                "watch = false\nqr = true\n[limits]\nrate_window = 10\n[site]\nlive = true\n",
                &[],
            ),
            (
                "lang = \"zh-CN\"\nquiet = true\n",
                &["lang", "quiet", "limits"],
            ),
            (
                "[limits]\nrate_window = 10\n[tls]\nmode = \"off\"\n",
                &["tls"],
            ),
        ] {
            assert_eq!(read(text).keys_for_restart(&before), expected, "{text}");
        }
    }
}
