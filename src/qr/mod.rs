//! QR codes of addresses: the modules, and pictures of them. Draws nothing on a terminal.

use std::fmt::Write as _;

use png::{BitDepth, ColorType, Encoder, EncodingError};
use qrcode::{Color, EcLevel, QrCode};

/// The light modules around a code (ISO/IEC 18004, 5.3.8).
const QUIET_ZONE: usize = 4;

/// The least width of a PNG, in pixels: enough for a printed page.
const PNG_WIDTH: usize = 1024;

/// The modules of a QR code, with the quiet zone around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrModules {
    width: usize,
    dark: Vec<bool>,
}

impl QrModules {
    /// The code of a text; `None` if the text is too long for one.
    ///
    /// ```
    /// # use webserver::qr::QrModules;
    /// // Version 2 has 25 modules a side (ISO/IEC 18004, table 1).
    /// let code = QrModules::of("http://192.168.1.23:8080/").unwrap();
    /// assert_eq!(code.width(), 4 + 25 + 4);
    /// ```
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let (inner, colors) = (code.width(), code.to_colors());
        let width = inner + 2 * QUIET_ZONE;
        let mut dark = vec![false; width * width];
        for (index, _) in (colors.iter().enumerate()).filter(|(_, color)| **color == Color::Dark) {
            let (x, y) = (index % inner + QUIET_ZONE, index / inner + QUIET_ZONE);
            dark[y * width + x] = true;
        }
        Some(Self { width, dark })
    }

    /// The modules on a side.
    pub fn width(&self) -> usize {
        self.width
    }

    /// True for a dark module; false beyond the edges.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.width && self.dark.get(y * self.width + x).copied() == Some(true)
    }

    /// A picture of any size.
    pub fn svg(&self) -> String {
        let mut path = String::new();
        for y in 0..self.width {
            let mut x = 0;
            while x < self.width {
                let run = (x..self.width).take_while(|x| self.is_dark(*x, y)).count();
                if run > 0 {
                    // Writing to a string does not fail.
                    let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
                }
                x += run + 1;
            }
        }
        let width = self.width;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {width}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0 0h{width}v{width}H0z\"/><path d=\"{path}\"/></svg>\n"
        )
    }

    /// A picture of black and white pixels.
    ///
    /// # Errors
    /// If the encoder fails, which is not expected.
    pub fn png(&self) -> Result<Vec<u8>, EncodingError> {
        let scale = PNG_WIDTH.div_ceil(self.width);
        let side = self.width * scale;
        let mut rows = Vec::with_capacity(side * side.div_ceil(8));
        for y in 0..side {
            let mut row = vec![0; side.div_ceil(8)];
            for x in (0..side).filter(|x| !self.is_dark(x / scale, y / scale)) {
                row[x / 8] |= 0x80 >> (x % 8);
            }
            rows.append(&mut row);
        }
        let mut png = Vec::new();
        let pixels = u32::try_from(side).unwrap_or(u32::MAX);
        let mut encoder = Encoder::new(&mut png, pixels, pixels);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&rows)?;
        writer.finish()?;
        Ok(png)
    }
}
