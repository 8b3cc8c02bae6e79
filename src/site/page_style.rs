//! The style sheet of the program's own pages.

/// Rules for both color schemes; links are buttons.
pub(crate) const STYLE: &str = "<style>
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; text-align: center;
    font: 1.125rem/1.6 system-ui, sans-serif; background: #f6f4ef; color: #2b2a27; }
  main { padding: 2rem; max-width: 28rem; }
  p { margin: 0 0 1rem; }
  h1 { margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.25; overflow-wrap: anywhere; }
  a { display: inline-block; margin-top: .5rem; padding: .75rem 2rem; border-radius: 2rem; font-weight: 600;
    background: #2f6b4f; color: #fff; text-decoration: none; }
  .near a { margin: 0; padding: 0; background: none; color: inherit; text-decoration: underline; display: inline;
    overflow-wrap: anywhere; }
  a:focus-visible { outline: 3px solid #8fd0ae; outline-offset: 3px; }
  small { opacity: .75; }
  @media (prefers-color-scheme: dark) { body { background: #1d1f1e; color: #eceae4; } }
</style>";
