//! Games as engines export them play as they are: each rule and its opposite, by files that real encoders made.

mod detection;
mod fixtures;
mod holes;
mod needs;
mod profile;
mod serving;
mod unused_names;
