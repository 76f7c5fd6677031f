//! `fastjson health`: whether both services serve.

use std::process::ExitCode;

use chassis::health::{Serving, check};

use crate::error::{Error, NO, UNREACHABLE};
use crate::{Common, output};

/// Asks both, also when the first does not answer; the exit code is that of the worse.
pub(crate) async fn run(common: &Common) -> Result<ExitCode, Error> {
    let mut code = 0;
    for (name, address) in [("fastjson-api", &common.json_addr), ("rust-cache-server", &common.cache_addr)] {
        let (word, found) = match check(address, None, common.timeout).await {
            Ok(Serving::Serving) => ("serving".to_owned(), 0),
            Ok(Serving::NotServing) => ("not serving".to_owned(), NO),
            Ok(Serving::Unknown) => ("unknown".to_owned(), NO),
            Err(error) => (error.to_string(), UNREACHABLE),
        };
        output::line(format!("{name} {address} {word}").as_bytes())?;
        code = code.max(found);
    }
    Ok(ExitCode::from(code))
}
