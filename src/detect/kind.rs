//! The engines that are recognised.

/// The engine or framework that made an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "product names")]
pub enum EngineKind {
    Unity,
    Godot,
    RenPy,
    RpgMakerMv,
    RpgMakerMz,
    Construct2,
    Construct3,
    GameMaker,
    GDevelop,
    Defold,
    Cocos,
    LayaAir,
    Egret,
    PlayCanvas,
    Blazor,
    Flutter,
    LibGdx,
    LoveJs,
    Pico8,
    Tic80,
    GbStudio,
    Flash,
    Twine,
    Macroquad,
    Bevy,
    WasmBindgen,
    Phaser,
    Babylon,
    ThreeJs,
    Pixi,
    Emscripten,
    /// Plain HTML and scripts, no known engine.
    Plain,
}

impl EngineKind {
    /// The product's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unity => "Unity",
            Self::Godot => "Godot",
            Self::RenPy => "Ren'Py",
            Self::RpgMakerMv => "RPG Maker MV",
            Self::RpgMakerMz => "RPG Maker MZ",
            Self::Construct2 => "Construct 2",
            Self::Construct3 => "Construct 3",
            Self::GameMaker => "GameMaker",
            Self::GDevelop => "GDevelop",
            Self::Defold => "Defold",
            Self::Cocos => "Cocos",
            Self::LayaAir => "LayaAir",
            Self::Egret => "Egret",
            Self::PlayCanvas => "PlayCanvas",
            Self::Blazor => "Blazor",
            Self::Flutter => "Flutter",
            Self::LibGdx => "libGDX",
            Self::LoveJs => "love.js",
            Self::Pico8 => "PICO-8",
            Self::Tic80 => "TIC-80",
            Self::GbStudio => "GB Studio",
            Self::Flash => "Flash (Ruffle)",
            Self::Twine => "Twine",
            Self::Macroquad => "macroquad",
            Self::Bevy => "Bevy",
            Self::WasmBindgen => "wasm-bindgen",
            Self::Phaser => "Phaser",
            Self::Babylon => "Babylon.js",
            Self::ThreeJs => "three.js",
            Self::Pixi => "PixiJS",
            Self::Emscripten => "Emscripten",
            Self::Plain => "HTML",
        }
    }
}
