//! The bare stack: actix-web and actix-ws, rooms without any logic. Every text goes to everybody in its room, as
//! it came: no storage, no checks, no acknowledgement. What the same sockets cost before Brigade does anything.

use std::cell::RefCell;
use std::collections::HashMap;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use actix_ws::{Message, Session};
use bytestring::ByteString;
use futures_util::StreamExt as _;
use tokio::sync::mpsc;

/// What happens to a room.
enum Event {
    Joined(Session),
    Said(ByteString),
}

type Rooms = RefCell<HashMap<u32, mpsc::UnboundedSender<Event>>>;

thread_local! {
    /// One worker thread, so the rooms need no lock.
    static ROOMS: Rooms = RefCell::default();
}

/// One task a room, which owns its members: nothing is locked or copied per message.
async fn room(mut events: mpsc::UnboundedReceiver<Event>) {
    let mut members: Vec<Session> = Vec::new();
    while let Some(event) = events.recv().await {
        match event {
            Event::Joined(session) => members.push(session),
            Event::Said(text) => {
                let mut gone = Vec::new();
                for (index, member) in members.iter_mut().enumerate() {
                    if member.text(text.clone()).await.is_err() {
                        gone.push(index);
                    }
                }
                for index in gone.into_iter().rev() {
                    members.swap_remove(index);
                }
            }
        }
    }
}

fn sender_of(id: u32) -> mpsc::UnboundedSender<Event> {
    ROOMS.with_borrow_mut(|rooms| {
        let start = || {
            let (sender, events) = mpsc::unbounded_channel();
            actix_web::rt::spawn(room(events));
            sender
        };
        rooms.entry(id).or_insert_with(start).clone()
    })
}

async fn join(request: HttpRequest, id: web::Path<u32>, body: web::Payload) -> actix_web::Result<HttpResponse> {
    let (response, mut session, mut messages) = actix_ws::handle(&request, body)?;
    let room = sender_of(*id);
    actix_web::rt::spawn(async move {
        if session.text("in").await.is_err() || room.send(Event::Joined(session.clone())).is_err() {
            return;
        }
        while let Some(Ok(message)) = messages.next().await {
            let done = match message {
                Message::Text(text) => room.send(Event::Said(text)).is_err(),
                Message::Ping(bytes) => session.pong(&bytes).await.is_err(),
                Message::Close(_) => true,
                _ => false,
            };
            if done {
                break;
            }
        }
    });
    Ok(response)
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9001".to_owned());
    let rooms = HttpServer::new(|| App::new().route("/room/{id}", web::get().to(join)));
    // Without signals of its own SIGTERM ends it at once: there is nothing to finish.
    rooms.workers(1).disable_signals().bind(address)?.run().await
}
