//! Event fixtures through the real functions, and what the template promises.
