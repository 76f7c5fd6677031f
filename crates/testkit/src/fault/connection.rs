//! One connection through a plug.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch::Receiver;

use super::{Fault, garbage, reset};

/// Bytes that are passed on at a time.
const PIECE_BYTES: usize = 16 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

/// Serves `inbound` as the fault asks, until either side or a change of the fault ends it.
pub(super) async fn serve(mut inbound: TcpStream, service: SocketAddr, mut fault: Receiver<Fault>) {
    let now = *fault.borrow_and_update();
    match now {
        Fault::Cut | Fault::Refuse => reset(&inbound),
        Fault::Noise => {
            garbage::noise(&mut inbound).await;
            // An error says that the plug is gone; so is the connection then.
            let _gone = fault.changed().await;
            reset(&inbound);
        }
        Fault::WrongMessage => {
            tokio::select! {
                () = garbage::wrong_messages(&mut inbound) => {}
                _ = fault.changed() => {}
            }
            reset(&inbound);
        }
        Fault::Pass | Fault::Delay(_) | Fault::Drop => relay(inbound, service, fault).await,
    }
}

async fn relay(mut inbound: TcpStream, service: SocketAddr, mut fault: Receiver<Fault>) {
    let Ok(mut outbound) = TcpStream::connect(service).await else {
        return reset(&inbound);
    };
    // Errors of these say that the connection is gone.
    let (_there, _back) = (inbound.set_nodelay(true), outbound.set_nodelay(true));
    let (faults_there, faults_back) = (fault.clone(), fault.clone());
    let ended = {
        let (from_client, to_client) = inbound.split();
        let (from_service, to_service) = outbound.split();
        let there = pass(from_client, to_service, faults_there, Way::There);
        let back = pass(from_service, to_client, faults_back, Way::Back);
        tokio::select! {
            both = async { tokio::try_join!(there, back) } => both.is_ok(),
            () = broken(&mut fault) => false,
        }
    };
    if !ended {
        reset(&inbound);
        reset(&outbound);
    }
}

/// Resolves when the fault is one that no open connection outlives.
async fn broken(fault: &mut Receiver<Fault>) {
    let ends = |fault: &Fault| match fault {
        Fault::Cut | Fault::Refuse | Fault::Noise | Fault::WrongMessage => true,
        Fault::Pass | Fault::Delay(_) | Fault::Drop => false,
    };
    // An error says that the plug is gone.
    let _gone = fault.wait_for(ends).await;
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut fault: Receiver<Fault>,
    way: Way,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = from.read(&mut piece).await?;
        hold(&mut fault, way).await;
        if length == 0 {
            return to.shutdown().await;
        }
        to.write_all(&piece[..length]).await?;
    }
}

/// Waits for as long as the fault holds a piece back.
async fn hold(fault: &mut Receiver<Fault>, way: Way) {
    loop {
        let now = *fault.borrow_and_update();
        match now {
            Fault::Drop => {
                if fault.changed().await.is_err() {
                    return;
                }
            }
            Fault::Delay(delay) if way == Way::Back => {
                // Either the time is over or the fault is.
                let _elapsed = tokio::time::timeout(delay, fault.changed()).await;
                return;
            }
            Fault::Delay(_)
            | Fault::Pass
            | Fault::Cut
            | Fault::Refuse
            | Fault::Noise
            | Fault::WrongMessage => return,
        }
    }
}
