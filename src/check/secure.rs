//! Features that browsers offer in secure contexts only.

/// Features of secure contexts: their words in scripts, and their names.
pub(crate) const SECURE_FEATURES: &[(&str, &str)] = &[
    ("audioWorklet.addModule", "AudioWorklet"),
    ("serviceWorker.register", "service workers"),
    ("navigator.gpu", "WebGPU"),
    ("getGamepads", "gamepads"),
    ("mediaDevices.getUserMedia", "microphone and camera"),
    ("crypto.subtle", "Web Crypto"),
    ("navigator.clipboard", "the clipboard"),
    ("DeviceOrientationEvent", "motion sensors"),
    ("DeviceMotionEvent", "motion sensors"),
    ("navigator.wakeLock", "wake lock"),
    ("navigator.geolocation", "geolocation"),
    ("requestMIDIAccess", "MIDI"),
    ("navigator.xr", "WebXR"),
    ("navigator.storage", "persistent storage"),
];
