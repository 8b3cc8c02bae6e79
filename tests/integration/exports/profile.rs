//! What an export asks of a server, and how it is said.
