//! `fastjson health`: whether both services serve.

use std::process::ExitCode;

use chassis::health::{CheckError, Serving, check};

use crate::error::{Error, NO};
use crate::{Common, output};

pub(crate) async fn run(common: &Common) -> Result<ExitCode, Error> {
    let mut code = ExitCode::SUCCESS;
    for (name, address) in [("fastjson-api", &common.json_addr), ("rust-cache-server", &common.cache_addr)] {
        let serving = check(address, None, common.timeout).await.map_err(unreachable)?;
        let word = match serving {
            Serving::Serving => "serving",
            Serving::NotServing => "not serving",
            Serving::Unknown => "unknown",
        };
        if serving != Serving::Serving {
            code = ExitCode::from(NO);
        }
        output::line(format!("{name} {address} {word}").as_bytes())?;
    }
    Ok(code)
}

fn unreachable(error: CheckError) -> Error {
    match error {
        CheckError::Address { .. } | CheckError::UnknownService { .. } => Error::Usage(error.to_string()),
        CheckError::Unreachable { .. } => Error::Unreachable(error.to_string()),
    }
}
