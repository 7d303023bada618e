//! F13: hostile frames, and work that cannot be done. No process ends, nobody else is harmed, the close code is the
//! right one, and a job that fails becomes a dead letter after its tries.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use super::client::{Options, Ticket, Wire, upgraded};
use super::scale;
use super::world::{World, open};
use crate::support::eventually;

/// A generator of nonsense that says the same thing again when asked with the same number.
struct Nonsense(u64);

impl Nonsense {
    fn number(&mut self, below: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap() % below
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..=self.number(most)).map(|_| u8::try_from(self.number(256)).unwrap()).collect()
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.number(all.len())]
    }

    /// Something that is nearly a frame.
    fn frame(&mut self, topic: &str) -> String {
        let good = [
            json!({ "t": "cmd", "id": Uuid::from_u128(7), "topic": topic, "type": "send", "body": { "text": "x" } }),
            json!({ "t": "sub", "topic": topic, "after": 3, "epoch": 1 }),
            json!({ "t": "sig", "type": "presence_watch", "body": { "who": ["staff"] } }),
            json!({ "t": "eph", "topic": topic, "type": "typing", "body": {} }),
            json!({ "t": "hello", "token": "vst_nothing" }),
        ];
        let text = good[self.number(good.len())].to_string();
        match self.number(6) {
            0 => String::from_utf8_lossy(&self.bytes(300)).into_owned(),
            1 => self.mangled(&text),
            2 => "[".repeat(self.number(50_000) + 1),
            3 => format!(
                "{{\"t\":\"sub\",\"topic\":\"{}\"}}",
                self.one_of(&["\\u0000", "conversation:", "tenant:ten_", "🦆", "\\ud800"])
            ),
            4 => {
                let huge = self.one_of(&["1e999", "-1", "18446744073709551616", "null", "[]", "\"7\""]);
                format!(r#"{{"t":"sub","topic":"{topic}","after":{huge},"epoch":{huge}}}"#)
            }
            _ => {
                let kind = self.one_of(&["open", "hand_over", "edit", "react", "leave_contact", "explode", "", "send"]);
                let body =
                    self.one_of(&["{}", "null", "[]", "\"\"", r#"{"text":""}"#, r#"{"seq":-1}"#, r#"{"__proto__":1}"#]);
                format!(r#"{{"t":"cmd","id":"{}","topic":"{topic}","type":"{kind}","body":{body}}}"#, Uuid::new_v4())
            }
        }
    }

    fn mangled(&mut self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=self.number(4) {
            let place = self.number(bytes.len());
            match self.number(3) {
                0 => bytes[place] = u8::try_from(self.number(256)).unwrap(),
                1 => drop(bytes.remove(place)),
                _ => bytes.insert(place, b"\"{}[]:,\\0"[self.number(9)]),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_frames_end_no_process_and_harm_nobody_else() {
    let mut world = World::start(1, &[]).await;
    let (address, pid) = (world.nodes[0].address, world.nodes[0].process().pid());
    let staff = world.staff("account_manager").await;
    let (chat, victim) = (world.chat().await, world.chat().await);
    let mut honest = open(address, &victim.ticket).await;
    let before = world.nodes[0].metric("brigade_sockets").await;
    let seed = Uuid::new_v4().as_u128();
    println!("F13: the nonsense began with {seed}");
    let mut nonsense = Nonsense(u64::try_from(seed >> 70).unwrap() | 1);
    let (mut frames, wanted, mut sockets) = (0, scale(3_000, 100_000), 0);
    while frames < wanted {
        let ticket = if sockets % 2 == 0 { &staff } else { &chat.ticket };
        sockets += 1;
        frames += torment(address, ticket, &chat.topic, &mut nonsense).await;
        if sockets % 5 == 0 {
            assert_is_heard(&mut honest, &victim.topic).await;
        }
    }
    for bytes in raw_attacks(&mut nonsense, scale(60, 2_000)) {
        raw(address, &staff, &bytes).await;
        frames += 1;
        // Often enough that it answers its pings meanwhile.
        if frames % 10 == 0 {
            assert_is_heard(&mut honest, &victim.topic).await;
        }
    }
    assert_is_heard(&mut honest, &victim.topic).await;
    assert_eq!(world.nodes[0].process().pid(), pid);
    world.nodes[0].metric_is("brigade_sockets", Duration::from_secs(20), |open| open <= before).await;
    println!("F13: {frames} hostile frames over {sockets} sockets");
}

/// A new socket; who opens thousands from one address is told to wait, and does.
async fn upgraded_in_time(address: std::net::SocketAddr, ticket: &Ticket) -> WebSocketStream<TcpStream> {
    for _ in 0..90 {
        match upgraded(address, ticket, Options::default()).await {
            Err(gone) if gone.reason.contains("429") => tokio::time::sleep(Duration::from_secs(1)).await,
            socket => return socket.unwrap(),
        }
    }
    panic!("refused for more than a minute")
}

/// Throws frames at one socket until it has had enough; gives how many.
async fn torment(address: std::net::SocketAddr, ticket: &Ticket, topic: &str, nonsense: &mut Nonsense) -> usize {
    let mut socket = upgraded_in_time(address, ticket).await;
    if nonsense.number(4) > 0 {
        let hello = match ticket {
            Ticket::Session { .. } => json!({ "t": "hello" }),
            Ticket::Visitor(token) => json!({ "t": "hello", "token": token }),
        };
        socket.send(Message::text(hello.to_string())).await.unwrap();
    }
    let (mut thrown, mut malformed) = (0, 0);
    while thrown < 200 {
        thrown += 1;
        if socket.send(Message::text(nonsense.frame(topic))).await.is_err() {
            break;
        }
        // Every frame is answered, or taken for a good one; whoever sends too much nonsense is sent away.
        let answer = tokio::time::timeout(Duration::from_millis(2), socket.next()).await;
        match answer {
            Ok(Some(Ok(Message::Text(text)))) => {
                let frame: Value = serde_json::from_str(&text).unwrap();
                assert!(frame["code"] != "INTERNAL", "{frame}");
                malformed += u32::from(frame["code"] == "INVALID_INPUT");
            }
            Ok(Some(Ok(Message::Close(Some(close))))) => {
                assert!([4400, 4401, 4429].contains(&u16::from(close.code)), "{close:?} after {malformed}");
                break;
            }
            Ok(None | Some(Err(_))) => break,
            Ok(Some(Ok(_))) | Err(_) => {}
        }
    }
    thrown
}

/// What no WebSocket library would send.
fn raw_attacks(nonsense: &mut Nonsense, count: usize) -> Vec<Vec<u8>> {
    let masked = |first: u8, len: u8| vec![first, 0x80 | len, 1, 2, 3, 4];
    let mut attacks = vec![
        // Not masked, as only a server may.
        b"\x81\x05hello".to_vec(),
        // Reserved bits; an unknown opcode; a continuation of nothing; a control frame in pieces.
        masked(0xf1, 0),
        masked(0x83, 0),
        masked(0x80, 0),
        masked(0x09, 0),
        // A length of 2^63, of which nothing comes.
        [&[0x81, 0xff][..], &[0xff; 8], &[1, 2, 3, 4]].concat(),
        // A ping of 126 bytes.
        [&[0x89, 0xfe, 0, 126, 1, 2, 3, 4][..], &[0; 126]].concat(),
        // A close frame with half a code, with a code nobody may send, with bytes that are no text.
        [&masked(0x88, 1)[..], &[7]].concat(),
        [&masked(0x88, 2)[..], &[(1005_u16 >> 8) as u8 ^ 1, 1005_u16.to_be_bytes()[1] ^ 2]].concat(),
        [&masked(0x88, 4)[..], &[0x03 ^ 1, 0xe8 ^ 2, 0xff ^ 3, 0xfe ^ 4]].concat(),
        // A text that is not UTF-8.
        [&masked(0x81, 2)[..], &[0xff ^ 1, 0xfe ^ 2]].concat(),
        // Nothing but the beginning.
        vec![0x81],
    ];
    attacks.extend((0..count).map(|_| nonsense.bytes(2_000)));
    attacks
}

/// Sends bytes behind a good handshake. The server ends the connection or waits for the rest; it does nothing else.
async fn raw(address: std::net::SocketAddr, ticket: &Ticket, bytes: &[u8]) {
    let mut stream = upgraded_in_time(address, ticket).await.into_inner();
    if stream.write_all(bytes).await.is_err() {
        return;
    }
    let mut answer = [0; 512];
    // Whether it says why, says nothing, or resets the connection: another connection must not notice.
    let _ = tokio::time::timeout(Duration::from_millis(20), stream.read(&mut answer)).await;
}

async fn assert_is_heard(honest: &mut Wire, topic: &str) {
    let heard = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let id = Uuid::now_v7();
            honest.command(id, topic, "send", json!({ "text": "still here" })).await.unwrap();
            let answer = honest.answer(id).await.unwrap();
            // On a machine that does much else it may be told to come again, as everybody.
            if answer["code"] != "OVERLOADED" {
                return answer;
            }
        }
    });
    assert_eq!(heard.await.expect("an answer in time")["t"], "ack");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_websocket_library_sends_is_closed_with_the_right_code() {
    let world = World::start(1, &[]).await;
    let staff = world.staff("account_manager").await;
    let address = world.nodes[0].address;
    let code_for = async |bytes: &[u8]| {
        let mut stream = upgraded(address, &staff, Options::default()).await.unwrap().into_inner();
        stream.write_all(bytes).await.unwrap();
        let mut answer = [0; 128];
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut answer)).await.expect("it is closed");
        let read = read.unwrap();
        assert!(read >= 4 && answer[0] == 0x88, "no close frame: {:?}", &answer[..read]);
        u16::from_be_bytes([answer[2], answer[3]])
    };
    for (what, code, bytes) in [
        ("not masked", 1002, b"\x81\x05hello".to_vec()),
        ("an unknown opcode", 1002, vec![0x83, 0x80, 1, 2, 3, 4]),
        ("a continuation of nothing", 1002, vec![0x80, 0x80, 1, 2, 3, 4]),
        ("a length beyond the limit", 1009, [&[0x81, 0xff][..], &[0, 0, 0, 0, 0, 2, 0, 0], &[1, 2, 3, 4]].concat()),
        ("no UTF-8", 1007, [&[0x81, 0x82, 1, 2, 3, 4][..], &[0xff ^ 1, 0xfe ^ 2]].concat()),
        ("binary", 1003, vec![0x82, 0x80, 1, 2, 3, 4]),
    ] {
        assert_eq!(code_for(&bytes).await, code, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_cannot_be_done_ends_in_the_dead_letters() {
    let world = World::start(1, &[]).await;
    let chat = world.chat().await;
    let tenant = world.sql("select id from tenants");
    // A command that its entity will never take, and a task that nobody knows.
    let body = json!({ "tenant": null, "task": "entity.command", "body": {
        "tenant": format!("ten_{}", "0".repeat(26)), "topic": chat.topic, "type": "explode", "body": {} } });
    for payload in [body, json!({ "tenant": tenant, "task": "nobody.knows", "body": {} })] {
        world.sql(&format!(
            "select graphile_worker.add_job('brigade', payload := '{payload}'::json, max_attempts := 8)"
        ));
    }
    // It waits longer before each try: the test does not.
    eventually("two dead letters", Duration::from_mins(1), async || {
        world.sql("update graphile_worker._private_jobs set run_at = now() where locked_at is null and attempts < max_attempts");
        let dead = "select count(*) from graphile_worker._private_jobs where attempts = 8 and last_error is not null and locked_at is null";
        (world.sql(dead) == "2").then_some(())
    })
    .await;
    // The worker goes on: a customer who waits is in the tenant's queue.
    let mut wire = open(world.nodes[0].address, &chat.ticket).await;
    let id = Uuid::now_v7();
    wire.command(id, &chat.topic, "send", json!({ "text": "is anybody there?" })).await.unwrap();
    assert_eq!(wire.answer(id).await.unwrap()["t"], "ack");
    eventually("the queue knows", Duration::from_secs(20), async || {
        (world.sql("select count(*) from event_log where kind = 'enqueued'") == "1").then_some(())
    })
    .await;
}
