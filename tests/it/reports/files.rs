//! Tables and matters to take along.

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::json;

use super::{Story, set_hours, staff, tell};
use crate::support::{Answer, Person, TestApp, TestTenant};

/// A file: its name, and its lines, cell by cell, as RFC 4180 has them.
pub(super) async fn file(person: &Person, path: &str) -> (String, Vec<Vec<String>>) {
    let answer = person.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{path}");
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    let bytes = answer.bytes().await.unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    (name, cells(text.strip_prefix('\u{feff}').expect("a byte order mark")))
}

/// Written for this test, apart from what writes them.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '"' if quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(rest.next(), Some('\n'));
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            other => cell.push(other),
        }
    }
    assert!(!quoted && cell.is_empty() && line.is_empty(), "the last line ends");
    lines
}

pub(super) fn column(lines: &[Vec<String>], name: &str) -> Vec<String> {
    let at = lines[0].iter().position(|known| known == name).unwrap_or_else(|| panic!("no {name} in {:?}", lines[0]));
    lines[1..].iter().map(|line| line[at].clone()).collect()
}

async fn one_matter(app: &TestApp, tenant: &TestTenant, admin: &Person) {
    let (user, _) = app.user(tenant, Role::AccountManager, "=HYPERLINK(\"https://evil.example\";\"x\"), قهوة").await;
    let manager = staff(tenant, user, Role::AccountManager);
    // The night in which the clock goes back.
    let story = Story::begin(app, tenant, "2026-10-25T00:30:00Z").await;
    story.asks("2026-10-25T00:30:00Z").await;
    story.says(&manager, "2026-10-25T01:30:00Z").await;
    let label = json!({ "label": "lbl_01h455vb4pex5vsknk084sn02q", "name": "+Sum, \"total\"", "color": "red" });
    tell(admin, tenant, "set_label", label).await;
    let label = json!({ "label": "lbl_01h455vb4pex5vsknk084sn02q", "on": true });
    story.does(manager.clone(), "2026-10-25T01:31:00Z", "label", label).await;
    story.does(manager, "2026-10-25T01:32:00Z", "resolve", json!({})).await;
}

#[tokio::test]
async fn tables_are_read_by_spreadsheets_and_run_nothing() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant().await, app.tenant().await);
    let admin = app.client_as(&tenant, Role::Admin).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    set_hours(&admin, &tenant, "Europe/Berlin", "00:00", "24:00").await;
    one_matter(&app, &tenant, &admin).await;
    Story::begin(&app, &other, "2026-10-25T00:30:00Z").await.asks("2026-10-25T00:30:00Z").await;

    let range = "from=2026-10-24&to=2026-10-26";
    let (name, lines) = file(&admin, &format!("/v1/reports/matters.csv?{range}")).await;
    assert!(name.contains(&format!("\"{} matters 2026-10-24 to 2026-10-26.csv\"", tenant.slug)), "{name}");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.len() == lines[0].len()));
    assert_eq!(column(&lines, "began_at"), ["2026-10-25T02:30:00+02:00"]);
    assert_eq!(column(&lines, "first_answer_at"), ["2026-10-25T02:30:00+01:00"], "an hour later");
    assert_eq!(
        (column(&lines, "first_answer_seconds"), column(&lines, "first_answer_open_seconds")),
        (vec!["3600".to_owned()], vec!["3600".to_owned()])
    );
    assert_eq!(column(&lines, "first_answer_by"), ["'=HYPERLINK(\"https://evil.example\";\"x\"), قهوة"]);
    assert_eq!(column(&lines, "labels"), ["'+Sum, \"total\""]);
    assert_eq!(column(&lines, "customer_messages"), ["1"]);
    let line = app.database.sql("select metadata from audit_log where event_type = 'report.exported'");
    assert!(line.contains("\"matters\":1") && line.contains("2026-10-23T22:00:00Z"), "{line}");

    let (name, lines) = file(&admin, &format!("/v1/reports/figures.csv?table=time&{range}")).await;
    assert!(name.contains("time 2026-10-24"), "{name}");
    assert_eq!(column(&lines, "matters"), ["0", "1", "0"]);
    assert_eq!(column(&lines, "first_answer_median_open_seconds"), ["", "3600", ""]);
    let (_, lines) = file(&admin, &format!("/v1/reports/figures.csv?table=hours&{range}")).await;
    assert_eq!((lines.len(), lines[7][0].as_str(), column(&lines, "02:00")[6].as_str()), (8, "Sunday", "1"));
    let (_, lines) = file(&admin, &format!("/v1/reports/figures.csv?table=people&{range}")).await;
    assert_eq!(column(&lines, "first_answers").iter().filter(|number| *number == "1").count(), 1);
    let (_, lines) = file(&admin, &format!("/v1/reports/figures.csv?table=labels&{range}")).await;
    assert_eq!(column(&lines, "name"), ["'+Sum, \"total\""]);

    // Account managers take tables along, of the people their own, and no matters.
    let (_, lines) = file(&manager, &format!("/v1/reports/figures.csv?table=people&{range}")).await;
    assert_eq!(lines.len(), 1);
    assert_eq!(manager.get(&format!("/v1/reports/matters.csv?{range}")).await.code(), "FORBIDDEN");
    assert_eq!(admin.get("/v1/reports/figures.csv?table=all").await.code(), "INVALID_INPUT");
    let recorded = app.database.sql("select count(*) from audit_log where event_type = 'report.exported'");
    assert_eq!(recorded, "1", "tables hold no customers");
}

#[tokio::test]
async fn many_matters_come_in_pages_and_too_many_do_not_come() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let insert = |from: u32, to: u32| {
        // Many at the same moment, on both sides of a page's end.
        app.database.sql(&format!(
            "insert into matters (tenant_id, conversation_id, seq, rev, kind, began_at)
             select '{id}', '{id}', n, n, 'site', timestamptz '2026-06-01T00:00:00Z' + interval '1 s' * (n / 300)
             from generate_series({from}, {to}) n",
            id = tenant.id.uuid()
        ))
    };
    insert(1, 4_100);
    let (_, lines) = file(&admin, "/v1/reports/matters.csv?from=2026-06-01&to=2026-06-02").await;
    let mut seqs: Vec<u32> = column(&lines, "message").iter().map(|seq| seq.parse().unwrap()).collect();
    assert!(seqs.is_sorted());
    seqs.dedup();
    assert_eq!(seqs.len(), 4_100);
    insert(4_101, 100_001);
    let refused = Answer::of(
        admin.request(Method::GET, "/v1/reports/matters.csv?from=2026-06-01&to=2026-06-02").send().await.unwrap(),
    )
    .await;
    assert_eq!(refused.code(), "INVALID_INPUT");
    assert!(refused.body["error"]["message"].as_str().unwrap().contains("100001"), "{refused:?}");
}
