//! What users and the peers link to talk to the services.

pub mod json_mapping;
