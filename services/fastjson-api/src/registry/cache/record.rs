//! Record: a name and its versions as an entry of the cache service.
//!
//! Promise: what is written is read back the same, and what another wrote under the key is refused. Cost: a copy of the texts.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::schema::Compatibility;
use prost::Message as _;

use super::super::shelf::Series;
use super::super::{Entry, Name};
use crate::wire;

/// Why an entry is not believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an entry of the registry is not what fastjson-api wrote: {0}")]
pub(crate) struct Doubt(&'static str);

pub(super) fn encode(name: &Name, series: &Series) -> Vec<u8> {
    let record = pb::RegistryRecord {
        name: name.as_str().to_owned(),
        next_version: series.last + 1,
        compatibility: wire::policy_name(series.policy).into(),
        versions: series.live.values().map(|entry| version(entry)).collect(),
    };
    record.encode_to_vec()
}

fn version(entry: &Entry) -> pb::RegistryVersion {
    pb::RegistryVersion {
        version: entry.version,
        text: entry.text.clone(),
        hash: Bytes::copy_from_slice(&entry.hash),
        is_exact: entry.is_exact,
        id: entry.id.clone().unwrap_or_default(),
        steps: entry.steps,
        created_at: Some(entry.created_at.into()),
    }
}

pub(super) fn decode(name: &Name, bytes: Bytes) -> Result<Series, Doubt> {
    let record = pb::RegistryRecord::decode(bytes).map_err(|_| Doubt("it is no RegistryRecord"))?;
    if record.name != name.as_str() {
        return Err(Doubt("it has the name of another"));
    }
    let policy = match record.compatibility() {
        pb::Compatibility::None | pb::Compatibility::Unspecified => None,
        pb::Compatibility::Backward => Some(Compatibility::Backward),
        pb::Compatibility::Forward => Some(Compatibility::Forward),
        pb::Compatibility::Full => Some(Compatibility::Full),
    };
    let last = record.next_version.checked_sub(1).ok_or(Doubt("its next version is 0"))?;
    let mut series = Series { last, policy, ..Series::default() };
    for version in record.versions {
        if version.version == 0 || version.version > last {
            return Err(Doubt("a version has a number that was not given yet"));
        }
        series.live.insert(version.version, Arc::new(entry(name, version)?));
    }
    Ok(series)
}

fn entry(name: &Name, version: pb::RegistryVersion) -> Result<Entry, Doubt> {
    let hash = <[u8; 32]>::try_from(&version.hash[..]).map_err(|_| Doubt("a hash has not 32 bytes"))?;
    let created_at = version.created_at.and_then(|time| SystemTime::try_from(time).ok());
    Ok(Entry {
        name: name.clone(),
        version: version.version,
        // Of its own, so that one version does not keep the message alive that all came in.
        text: Bytes::copy_from_slice(&version.text),
        hash,
        is_exact: version.is_exact,
        id: (!version.id.is_empty()).then_some(version.id),
        steps: version.steps,
        created_at: created_at.ok_or(Doubt("a version has no time"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Version, now};

    fn series(name: &Name) -> Series {
        let entry = |version, id: Option<&str>| Entry {
            name: name.clone(),
            version,
            text: Bytes::from_static(b"{}"),
            hash: [7; 32],
            is_exact: true,
            id: id.map(str::to_owned),
            steps: 3,
            created_at: now(),
        };
        let put = |series: Series, entry| {
            series.with(&Version { entry: Arc::new(entry), policy: Some(Compatibility::Full) })
        };
        put(put(Series::default(), entry(1, None)), entry(2, Some("x:a")))
    }

    #[test]
    fn what_was_written_is_read() {
        let name = Name::parse("team/order").unwrap();
        for series in [series(&name), series(&name).without(Some(2)), series(&name).without(None)] {
            let read = decode(&name, encode(&name, &series).into()).unwrap();
            assert_eq!((read.last, read.policy), (2, Some(Compatibility::Full)));
            assert_eq!(read.live, series.live);
        }
    }

    #[test]
    fn what_is_no_record_of_the_name_is_not_believed() {
        let name = Name::parse("a").unwrap();
        let check = |change: &dyn Fn(&mut pb::RegistryRecord), expected| {
            let mut record = pb::RegistryRecord::decode(&encode(&name, &series(&name))[..]).unwrap();
            change(&mut record);
            let read = decode(&name, record.encode_to_vec().into());
            assert_eq!(read.unwrap_err(), Doubt(expected));
        };
        check(&|record| record.name.push('b'), "it has the name of another");
        check(&|record| record.next_version = 0, "its next version is 0");
        check(&|record| record.next_version = 2, "a version has a number that was not given yet");
        check(&|record| record.versions[0].hash = Bytes::new(), "a hash has not 32 bytes");
        check(&|record| record.versions[0].created_at = None, "a version has no time");
        let garbage = decode(&name, Bytes::from_static(b"{\"name\":1}"));
        assert_eq!(garbage.unwrap_err(), Doubt("it is no RegistryRecord"));
    }
}
