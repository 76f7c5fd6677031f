//! As much of HTTP/2 (RFC 9113) as one gRPC stream needs, written in advance: a load generator that encodes and keeps tables
//! would be measured beside the server.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Result, ensure};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
const INITIAL_WINDOW_SIZE: u16 = 4;
const LARGEST_WINDOW: u32 = (1 << 31) - 1;
const STREAM: u32 = 1;

/// Opens the stream of an rpc.
pub(super) fn open(stream: &mut TcpStream, path: &str) -> Result<()> {
    let mut bytes = PREFACE.to_vec();
    let window = [&INITIAL_WINDOW_SIZE.to_be_bytes()[..], &LARGEST_WINDOW.to_be_bytes()].concat();
    push_frame(&mut bytes, (SETTINGS, 0), 0, &window);
    push_frame(&mut bytes, (WINDOW_UPDATE, 0), 0, &(LARGEST_WINDOW - 65_535).to_be_bytes());
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
    push_frame(&mut bytes, (HEADERS, END_HEADERS), STREAM, &headers);
    stream.write_all(&bytes)?;
    Ok(())
}

/// RFC 7541, section 6.2.2: a literal with a literal name, without an index and without Huffman.
fn push_header(headers: &mut Vec<u8>, name: &str, value: &str) {
    headers.push(0);
    for text in [name, value] {
        headers.push(u8::try_from(text.len()).expect("our headers are short"));
        headers.extend_from_slice(text.as_bytes());
    }
}

/// A message of gRPC in frames of DATA.
pub(super) fn message(encoded: &[u8]) -> Vec<u8> {
    let length = u32::try_from(encoded.len()).expect("our messages are short").to_be_bytes();
    let framed = [&[0], &length[..], encoded].concat();
    let mut bytes = Vec::new();
    for piece in framed.chunks(16_384) {
        push_frame(&mut bytes, (DATA, 0), STREAM, piece);
    }
    bytes
}

fn push_frame(bytes: &mut Vec<u8>, (kind, flags): (u8, u8), stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("our frames are short").to_be_bytes();
    bytes.extend_from_slice(&length[1..]);
    bytes.extend_from_slice(&[kind, flags]);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
}

/// What comes in on a connection.
#[derive(Default)]
pub(super) struct Incoming {
    buffer: Vec<u8>,
    /// DATA that arrived and was not asked for yet.
    data: usize,
    /// The first bytes of DATA: that of a message that says its length.
    head: Vec<u8>,
}

impl Incoming {
    /// Waits for the first message; says how many bytes of DATA it has.
    pub(super) fn first(&mut self, stream: &mut TcpStream) -> Result<usize> {
        while self.head.len() < 5 {
            self.read(stream)?;
        }
        let length = u32::from_be_bytes([self.head[1], self.head[2], self.head[3], self.head[4]]);
        let bytes = length as usize + 5;
        self.wait(stream, bytes)?;
        Ok(bytes)
    }

    /// Waits for so many bytes of DATA.
    pub(super) fn wait(&mut self, stream: &mut TcpStream, bytes: usize) -> Result<()> {
        while self.data < bytes {
            self.read(stream)?;
        }
        self.data -= bytes;
        Ok(())
    }

    fn read(&mut self, stream: &mut TcpStream) -> Result<()> {
        let held = self.buffer.len();
        self.buffer.resize(held + (64 << 10), 0);
        let read = stream.read(&mut self.buffer[held..])?;
        ensure!(read > 0, "the server closed the connection");
        self.buffer.truncate(held + read);
        let mut done = 0;
        while let Some(frame) = frame_at(&self.buffer[done..]) {
            let (kind, flags, payload) = frame;
            match kind {
                DATA => {
                    self.data += payload.len();
                    let missing = 5_usize.saturating_sub(self.head.len()).min(payload.len());
                    self.head.extend_from_slice(&payload[..missing]);
                }
                SETTINGS if flags & ACK == 0 => {
                    let mut ack = Vec::new();
                    push_frame(&mut ack, (SETTINGS, ACK), 0, &[]);
                    stream.write_all(&ack)?;
                }
                RST_STREAM | GOAWAY => anyhow::bail!("the server ended the stream"),
                _ => {}
            }
            done += 9 + payload.len();
        }
        self.buffer.drain(..done);
        Ok(())
    }
}

/// Kind, flags and payload of the frame at the beginning, if it is complete.
fn frame_at(bytes: &[u8]) -> Option<(u8, u8, &[u8])> {
    let (head, rest) = bytes.split_at_checked(9)?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
    Some((head[3], head[4], rest.get(..length)?))
}
