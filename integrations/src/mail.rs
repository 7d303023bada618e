//! Mail over SMTP.

use std::time::Duration;

use brigade_domain::identity::mail::Mail;
use brigade_domain::identity::ports::Mailer;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::Fault;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Message, Tokio1Executor};

/// How long a mail server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMailSettings {
    /// The address of the mail server.
    #[error(
        "not the address of a mail server: write smtps://user:password@host or smtp://user:password@host?tls=required"
    )]
    Server(#[source] lettre::transport::smtp::Error),
    /// The sender.
    #[error("not a sender: write Name <name@example.com>")]
    From(#[source] lettre::address::AddressError),
}

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// The server at `url` (`smtps://user:password@host[:port]`), and who writes.
    pub fn new(url: &str, from: &str) -> Result<Self, InvalidMailSettings> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(InvalidMailSettings::Server)?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Self { transport, from: from.parse().map_err(InvalidMailSettings::From)? })
    }

    fn message(&self, mail: Mail) -> Result<Message, Fault> {
        let to: Mailbox = mail.to.parse().map_err(|error| Fault::internal("address a mail", error))?;
        let mut message = Message::builder().from(self.from.clone()).to(to).subject(mail.subject);
        if let Some(link) = mail.unsubscribe {
            // RFC 8058: mail programs show a button, and ask for it without the person seeing a page.
            let header = |name, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
            message = message
                .raw_header(header("List-Unsubscribe", format!("<{link}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        message
            .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
            .map_err(|error| Fault::internal("put a mail together", error))
    }
}

impl Mailer for Smtp {
    fn send(&self, mail: Mail) -> BoxFuture<'static, Result<(), Fault>> {
        let message = self.message(mail);
        let transport = self.transport.clone();
        Box::pin(async move {
            transport.send(message?).await.map_err(|error| {
                if error.is_permanent() {
                    Fault::internal("send a mail the server will never take", error)
                } else {
                    Fault::unavailable("the mail server", error)
                }
            })?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    fn mail() -> Mail {
        Mail {
            to: "maya@example.com".into(),
            subject: "Grüße".into(),
            text: "Hello".into(),
            html: "<p>Hello</p>".into(),
            unsubscribe: Some("https://brigade.example/v1/notices/unsubscribe?token=abc".into()),
        }
    }

    /// A mail server that takes one mail and answers `end` to its content.
    async fn server(end: &'static str) -> (u16, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = tokio::spawn(async move {
            let (socket, _) = listener.accept().await.unwrap();
            let (read, mut write) = socket.into_split();
            let mut lines = BufReader::new(read).lines();
            let mut heard = String::new();
            let mut in_data = false;
            write.write_all(b"220 test\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                heard.push_str(&line);
                heard.push('\n');
                let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                    "." if in_data => {
                        in_data = false;
                        end
                    }
                    _ if in_data => continue,
                    "DATA" => {
                        in_data = true;
                        "354 go on"
                    }
                    "QUIT" => "221 bye",
                    _ => "250 ok",
                };
                write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
            heard
        });
        (port, heard)
    }

    #[tokio::test]
    async fn a_mail_arrives_as_text_and_as_html() {
        let (port, heard) = server("250 taken").await;
        let smtp = Smtp::new(&format!("smtp://127.0.0.1:{port}"), "Brigade <no-reply@example.com>").unwrap();
        smtp.send(mail()).await.unwrap();
        drop(smtp);
        let heard = heard.await.unwrap();
        for part in ["MAIL FROM:<no-reply@example.com>", "RCPT TO:<maya@example.com>", "text/plain", "text/html"] {
            assert!(heard.contains(part), "{part} is not in {heard}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_busy_or_away_is_worth_another_try() {
        let (port, _heard) = server("451 later").await;
        let smtp = Smtp::new(&format!("smtp://127.0.0.1:{port}"), "no-reply@example.com").unwrap();
        assert!(matches!(smtp.send(mail()).await, Err(Fault::Unavailable { .. })));
        let (refused, _heard) = server("554 never").await;
        let smtp = Smtp::new(&format!("smtp://127.0.0.1:{refused}"), "no-reply@example.com").unwrap();
        assert!(matches!(smtp.send(mail()).await, Err(Fault::Internal { .. })));
    }

    #[test]
    fn settings_are_checked_when_they_are_read() {
        assert!(matches!(Smtp::new("ftp://x", "a@example.com"), Err(InvalidMailSettings::Server(_))));
        assert!(matches!(Smtp::new("smtp://localhost", "nobody"), Err(InvalidMailSettings::From(_))));
    }
}
