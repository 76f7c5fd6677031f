//! A plain HTTP/1.1 client of a few lines: what it sends and reads is just what is on the wire.

use std::fmt::Write as _;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }
}

/// One request on a connection of its own.
pub(crate) async fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses early may close before it read all.
    let _refused = stream.write_all(body).await;
    let mut raw = Vec::new();
    let _reset_after_the_answer = stream.read_to_end(&mut raw).await;
    parse(&raw)
}

fn parse(raw: &[u8]) -> Reply {
    let split = raw
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no head in {:?}", String::from_utf8_lossy(raw)));
    let head = String::from_utf8(raw[..split].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let rest = &raw[split + 4..];
    let body = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        dechunk(rest)
    } else {
        rest.to_vec()
    };
    Reply { status, head, body }
}

fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[line + 2..line + 2 + size]);
        rest = &rest[line + 2 + size + 2..];
    }
}

/// A request whose body is sent while the answer is read, both in chunks.
pub(crate) struct Conversation {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    is_complete: bool,
}

impl Conversation {
    /// Sends the head of the request.
    pub(crate) async fn open(address: SocketAddr, method: &str, path: &str) -> Conversation {
        let (reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n");
        writer.write_all(head.as_bytes()).await.unwrap();
        Conversation { reader: BufReader::new(reader), writer, is_complete: false }
    }

    /// Sends a piece of the body.
    pub(crate) async fn send(&mut self, piece: &[u8]) {
        assert!(write_chunk(&mut self.writer, piece).await, "the server hung up");
    }

    /// Sends the rest of the body while it reads the answer to its end; gives the length of the answer.
    pub(crate) async fn exchange(&mut self, rest: &[&[u8]]) -> usize {
        let Conversation { reader, writer, is_complete } = self;
        let send = async {
            for piece in rest {
                assert!(write_chunk(writer, piece).await, "the server hung up");
            }
            writer.write_all(b"0\r\n\r\n").await.unwrap();
        };
        let read = async {
            let mut answered = 0;
            while let Some(chunk) = read_chunk(reader).await {
                *is_complete = chunk.is_empty();
                if *is_complete {
                    break;
                }
                answered += chunk.len();
            }
            answered
        };
        tokio::join!(send, read).1
    }

    /// Ends the body.
    pub(crate) async fn finish(&mut self) {
        // A server that found a fault has gone.
        let _gone = self.writer.write_all(b"0\r\n\r\n").await;
    }

    /// Reads the head of the answer; gives its status.
    pub(crate) async fn status(&mut self) -> u16 {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(self.reader.read_line(&mut head).await.unwrap() > 0, "no head in {head:?}");
        }
        assert!(head.to_ascii_lowercase().contains("transfer-encoding: chunked"), "{head}");
        head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// The next chunk of the answer; none at its end, be it the right one or not.
    pub(crate) async fn read(&mut self) -> Option<Vec<u8>> {
        let chunk = read_chunk(&mut self.reader).await?;
        self.is_complete = chunk.is_empty();
        (!chunk.is_empty()).then_some(chunk)
    }

    /// Whether the answer has come to its end.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }
}

async fn write_chunk(writer: &mut OwnedWriteHalf, piece: &[u8]) -> bool {
    let head = format!("{:x}\r\n", piece.len());
    let chunk = [head.as_bytes(), piece, b"\r\n"].concat();
    writer.write_all(&chunk).await.is_ok()
}

/// Empty at the end of an answer; none where the connection ends before it.
async fn read_chunk(reader: &mut BufReader<OwnedReadHalf>) -> Option<Vec<u8>> {
    let mut line = String::new();
    reader.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    let size = usize::from_str_radix(line.trim_end(), 16).unwrap();
    let mut chunk = vec![0; size + 2];
    reader.read_exact(&mut chunk).await.ok()?;
    chunk.truncate(size);
    Some(chunk)
}
