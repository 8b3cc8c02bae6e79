//! Pictures of a page.

use std::collections::HashMap;

/// The largest difference of a channel within one colour.
const SAME: u8 = 12;

/// One pixel in this many must differ from the background in a picture that shows something.
const SHARE: usize = 5000;

/// True if a PNG shows more than one colour. False for data that is not a PNG.
pub(crate) fn shows_something(png: &[u8]) -> bool {
    pixels(png).is_some_and(|pixels| {
        let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
        for pixel in &pixels {
            *counts.entry(*pixel).or_default() += 1;
        }
        let background = counts.iter().max_by_key(|(_, count)| **count);
        let Some((background, _)) = background else {
            return false;
        };
        let differs = |pixel: &[u8; 3]| {
            let mut channels = pixel.iter().zip(background);
            channels.any(|(one, other)| one.abs_diff(*other) > SAME)
        };
        let others = counts.iter().filter(|(pixel, _)| differs(pixel));
        let others: usize = others.map(|(_, count)| count).sum();
        others > 0 && others * SHARE >= pixels.len()
    })
}

/// The pixels of a PNG with 8 bits a channel, as browsers make them.
fn pixels(png: &[u8]) -> Option<Vec<[u8; 3]>> {
    let decoder =
        png::Decoder::new_with_limits(std::io::Cursor::new(png), png::Limits { bytes: 64 << 20 });
    let mut reader = decoder.read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?.min(64 << 20)];
    let frame = reader.next_frame(&mut bytes).ok()?;
    let channels = match (frame.color_type, frame.bit_depth) {
        (png::ColorType::Rgb, png::BitDepth::Eight) => 3,
        (png::ColorType::Rgba, png::BitDepth::Eight) => 4,
        _ => return None,
    };
    let pixels = bytes.get(..frame.buffer_size())?.chunks_exact(channels);
    Some(pixels.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of 100 × 100 pixels whose colours a function gives by their number.
    fn picture(colour: impl Fn(usize) -> [u8; 3]) -> Vec<u8> {
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, 100, 100);
        encoder.set_color(png::ColorType::Rgb);
        let pixels: Vec<u8> = (0..10_000).flat_map(colour).collect();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&pixels).unwrap();
        writer.finish().unwrap();
        png
    }

    #[test]
    fn a_picture_of_one_colour_shows_nothing() {
        assert!(!shows_something(&picture(|_| [255; 3])));
        assert!(!shows_something(&picture(|_| [0; 3])));
        assert!(
            !shows_something(&picture(|pixel| [(pixel % 8) as u8; 3])),
            "noise"
        );
        assert!(
            !shows_something(&picture(|pixel| [if pixel < 1 { 0 } else { 255 }; 3])),
            "a cursor"
        );
        assert!(!shows_something(b"no picture"));
    }

    #[test]
    fn a_word_shows_something() {
        let is_ink = |pixel: usize| (5000..5006).contains(&pixel);
        assert!(shows_something(&picture(|pixel| {
            [if is_ink(pixel) { 0 } else { 255 }; 3]
        })));
    }
}
