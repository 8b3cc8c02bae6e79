//! Files and projects that are not web exports.

use crate::console::describe::Describe;
use crate::console::message::t;
use webserver::language::Language;
use webserver::library::foreign::Foreign;

impl Describe for Foreign {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Scratch => t!("foreign.scratch", locale = locale),
            Self::Flash => t!("foreign.flash", locale = locale),
            Self::Love => t!("foreign.love", locale = locale),
            Self::Dos => t!("foreign.dos", locale = locale),
            Self::Rom => t!("foreign.rom", locale = locale),
            Self::Pico8 => t!("foreign.pico8", locale = locale),
            Self::Godot => t!("foreign.godot", locale = locale),
            Self::Unity => t!("foreign.unity", locale = locale),
            Self::Unreal => t!("foreign.unreal", locale = locale),
            Self::GameMaker => t!("foreign.gamemaker", locale = locale),
            Self::Construct => t!("foreign.construct", locale = locale),
            Self::Defold => t!("foreign.defold", locale = locale),
            Self::RpgMaker => t!("foreign.rpgmaker", locale = locale),
            Self::RenPy => t!("foreign.renpy", locale = locale),
            Self::Bundler => t!("foreign.bundler", locale = locale),
            Self::Tic80 => t!("foreign.tic80", locale = locale),
            Self::Twine => t!("foreign.twine", locale = locale),
            Self::Flutter => t!("foreign.flutter", locale = locale),
            Self::Cocos => t!("foreign.cocos", locale = locale),
            Self::Rust => t!("foreign.rust", locale = locale),
            Self::Python => t!("foreign.python", locale = locale),
            Self::Packed => t!("foreign.packed", locale = locale),
            Self::Program => t!("foreign.program", locale = locale),
        }
        .into_owned()
    }
}
