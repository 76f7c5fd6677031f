//! The chassis over real sockets, and its settings and failures from outside.

mod settings;
