//! Which conversations a view takes in: the same cases as in the tests of the pages.

use std::collections::BTreeSet;

use brigade_domain::chat::due::Urgency;
use brigade_domain::chat::list::{Facet, Filter, Place};
use brigade_domain::chat::triage::Priority;
use brigade_domain::chat::view::{Criteria, Viewer};
use brigade_domain::id::{LabelId, TeamId, UserId};
use serde::Deserialize;

const CASES: &str = include_str!("../../../tests/cases/inbox-filters.json");

#[derive(Deserialize)]
struct Table {
    me: UserId,
    /// The teams that I am in.
    my_teams: BTreeSet<TeamId>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    criteria: Criteria,
    takes: Vec<Item>,
    leaves: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    status: Place,
    waiting: bool,
    assignee: Option<UserId>,
    #[serde(default)]
    team: Option<TeamId>,
    labels: BTreeSet<LabelId>,
    priority: Priority,
    #[serde(default)]
    due: Option<Urgency>,
}

fn facet(item: &Item, count: u64) -> Facet {
    Facet {
        place: item.status,
        waiting: item.waiting,
        assignee: item.assignee.into(),
        team: item.team,
        labels: item.labels.clone(),
        priority: item.priority,
        due: item.due,
        count,
    }
}

#[test]
fn what_criteria_take_in_is_what_the_pages_show() {
    let Table { me, my_teams, cases } = serde_json::from_str(CASES).unwrap();
    assert!(cases.len() > 10);
    let viewer = Viewer { person: Some(me), teams: my_teams };
    for Case { criteria, takes, leaves } in cases {
        let filter = criteria.seen_by(&viewer).unwrap();
        for item in &takes {
            assert!(filter.takes(&facet(item, 1)), "{criteria:?}");
        }
        for item in &leaves {
            assert!(!filter.takes(&facet(item, 1)), "{criteria:?}");
        }
        let all: Vec<_> =
            takes.iter().map(|item| facet(item, 3)).chain(leaves.iter().map(|item| facet(item, 50))).collect();
        assert_eq!(filter.count(&all), 3 * takes.len() as u64, "{criteria:?}");
    }
    assert_eq!(Filter::default().count(&[]), 0);
}
