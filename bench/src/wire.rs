//! As much of HTTP/2 (RFC 9113) as streams of gRPC need that are never short of room: a load generator that encodes and keeps tables would be
//! measured beside the server.

use anyhow::Result;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const PING: u8 = 6;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const INITIAL_WINDOW_SIZE: u16 = 4;
const LARGEST_WINDOW: u32 = (1 << 31) - 1;

/// What a connection begins with: room for all that will come, on it and on each of its streams.
pub(crate) fn preface() -> Vec<u8> {
    let mut bytes = PREFACE.to_vec();
    let window = [&INITIAL_WINDOW_SIZE.to_be_bytes()[..], &LARGEST_WINDOW.to_be_bytes()].concat();
    push_frame(&mut bytes, (SETTINGS, 0), 0, &window);
    push_frame(&mut bytes, (WINDOW_UPDATE, 0), 0, &(LARGEST_WINDOW - 65_535).to_be_bytes());
    bytes
}

/// The head of an rpc; those of a connection have the streams 1, 3, 5 and so on.
pub(crate) fn push_call(bytes: &mut Vec<u8>, stream: u32, path: &str) {
    let mut headers = Vec::new();
    for (name, value) in [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "bench"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ] {
        push_header(&mut headers, name, value);
    }
    push_frame(bytes, (HEADERS, END_HEADERS), stream, &headers);
}

/// RFC 7541, section 6.2.2: a literal with a literal name, without an index and without Huffman.
fn push_header(headers: &mut Vec<u8>, name: &str, value: &str) {
    headers.push(0);
    for text in [name, value] {
        headers.push(u8::try_from(text.len()).expect("our headers are short"));
        headers.extend_from_slice(text.as_bytes());
    }
}

/// A message of gRPC in frames of DATA, behind which more may come.
pub(crate) fn push_message(bytes: &mut Vec<u8>, stream: u32, encoded: &[u8]) {
    let length = u32::try_from(encoded.len()).expect("our messages are short").to_be_bytes();
    let framed = [&[0], &length[..], encoded].concat();
    for piece in framed.chunks(16_384) {
        push_frame(bytes, (DATA, 0), stream, piece);
    }
}

/// Says that nothing more comes on a stream.
pub(crate) fn push_end(bytes: &mut Vec<u8>, stream: u32) {
    push_frame(bytes, (DATA, END_STREAM), stream, &[]);
}

fn push_frame(bytes: &mut Vec<u8>, (kind, flags): (u8, u8), stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("our frames are short").to_be_bytes();
    bytes.extend_from_slice(&length[1..]);
    bytes.extend_from_slice(&[kind, flags]);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
}

/// Takes the frames that are whole off the beginning of `buffer`: hands what came as DATA to `take`, and gives what is to be sent back.
pub(crate) fn take_frames(buffer: &mut Vec<u8>, mut take: impl FnMut(&[u8])) -> Result<Vec<u8>> {
    let (mut done, mut back) = (0, Vec::new());
    while let Some((kind, flags, payload)) = frame_at(&buffer[done..]) {
        match kind {
            DATA => take(payload),
            SETTINGS if flags & ACK == 0 => push_frame(&mut back, (SETTINGS, ACK), 0, &[]),
            PING if flags & ACK == 0 => push_frame(&mut back, (PING, ACK), 0, payload),
            RST_STREAM | GOAWAY => anyhow::bail!("the server ended the stream"),
            _ => {}
        }
        done += 9 + payload.len();
    }
    buffer.drain(..done);
    Ok(back)
}

/// Kind, flags and payload of the frame at the beginning, if it is complete.
fn frame_at(bytes: &[u8]) -> Option<(u8, u8, &[u8])> {
    let (head, rest) = bytes.split_at_checked(9)?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
    Some((head[3], head[4], rest.get(..length)?))
}
