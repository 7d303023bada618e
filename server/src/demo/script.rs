//! Who is in the demonstration, and what they have said. Made up, every word of it.

/// Somebody in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The customer: a site visitor, or the client of the account.
    Customer,
    /// The account manager.
    Amara,
    /// The admin.
    Jonas,
}

/// What somebody did. A number names an earlier line of the same conversation, the first being 0.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Say(&'static str),
    /// The same with the picture of the menu.
    ShowMenu(&'static str),
    Reply(usize, &'static str),
    Note(&'static str),
    Edit(usize, &'static str),
    React(usize, &'static str),
    Read(usize),
    AssignToAmara,
    Resolve,
    /// What Brigade itself asks once it is resolved: the line before.
    AskFeedback,
    /// What the customer answers to the line before.
    GiveFeedback(u8, &'static str),
    LeaveContact(&'static str, &'static str),
    /// A label by its name in [`LABELS`].
    Label(&'static str),
    SetPriority(&'static str),
    /// To a team by its name in [`TEAMS`].
    GiveToTeam(&'static str),
    /// Put off until so many minutes from now.
    Snooze(i64),
}

/// What customers are asked once they were served.
pub(super) const QUESTION: &str = "How did we do?";

/// The picture of the menu.
pub(super) const MENU: (&str, &[u8]) = ("menu.jpg", include_bytes!("menu.jpg"));

/// A line: how many minutes ago, who, what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line(pub(super) i64, pub(super) Who, pub(super) Act);

/// Whose conversation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The client's account.
    Account,
    /// A site visitor's, begun on this page.
    Site(&'static str),
}

/// A conversation with its history.
pub(super) struct Talk {
    /// Names it within the demonstration.
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    pub(super) of: Of,
    pub(super) lines: &'static [Line],
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

use Act::{
    AskFeedback, AssignToAmara, Edit, GiveFeedback, GiveToTeam, Label, LeaveContact, Note, React, Read, Reply, Resolve,
    Say, SetPriority, ShowMenu, Snooze,
};
use Who::{Amara, Customer, Jonas};

/// The conversations of Balance Kitchen.
pub(super) const TALKS: &[Talk] = &[
    Talk {
        slug: "maya",
        name: "Maya Lindqvist",
        of: Of::Account,
        lines: &[
            Line(
                3 * DAY,
                Customer,
                Say("Hi Amara! The first box arrived, everything still cold. The miso salmon was a hit."),
            ),
            Line(3 * DAY - 6, Amara, Say("So glad to hear it, Maya! Shall I keep it in your rotation for next week?")),
            Line(
                3 * DAY - 9,
                Customer,
                Reply(
                    1,
                    "Yes please. And could we leave out the coriander from now on? My partner really does not like it.",
                ),
            ),
            Line(
                3 * DAY - 11,
                Amara,
                Say("Noted: no coriander, for the whole household. It applies from the box of Tuesday."),
            ),
            Line(3 * DAY - 12, Amara, Note("Coriander: dislike, not an allergy. Told the kitchen.")),
            Line(3 * DAY - 14, Customer, React(3, "❤️")),
            Line(
                DAY + 2 * HOUR,
                Customer,
                Say("We are away from Thursday to Sunday. Can I get six meals insted of ten this week?"),
            ),
            Line(
                DAY + 2 * HOUR - 1,
                Customer,
                Edit(6, "We are away from Thursday to Sunday. Can I get six meals instead of ten this week?"),
            ),
            Line(
                DAY + HOUR,
                Amara,
                Reply(6, "Of course. I have set this week to **six meals**; the other four stay in your pack."),
            ),
            Line(DAY + HOUR - 3, Customer, React(8, "🙏")),
            Line(DAY + HOUR - 3, Customer, Read(8)),
            Line(DAY + HOUR - 20, Amara, ShowMenu("And this is what we cook next week. Shall I swap anything?")),
            Line(40, Customer, Say("One more thing: is the lentil dal vegan? A friend is staying with us next week.")),
        ],
    },
    Talk {
        slug: "menu",
        name: "Visitor on the menu page",
        of: Of::Site("https://balance-kitchen.example/menu"),
        lines: &[
            Line(12, Customer, Say("Hello! Do you deliver to Walthamstow on Mondays?")),
            Line(11, Customer, Say("And can I start with just one week to try it?")),
            Line(10, Jonas, Label("Delivery")),
            Line(10, Jonas, GiveToTeam("Drivers")),
        ],
    },
    Talk {
        slug: "allergy",
        name: "Ruth, nut allergy",
        of: Of::Site("https://balance-kitchen.example/allergens"),
        lines: &[
            Line(5 * HOUR, Customer, Say("My son has a nut allergy. How do you handle that in the kitchen?")),
            Line(5 * HOUR - 2, Amara, AssignToAmara),
            Line(5 * HOUR - 2, Amara, Label("Allergy")),
            Line(5 * HOUR - 2, Amara, SetPriority("high")),
            Line(
                5 * HOUR - 4,
                Amara,
                Say(
                    "Thank you for asking first. Nut-free meals are cooked before anything else, on their own line, and sealed right away. The list of what is in each meal is on its page.",
                ),
            ),
            Line(5 * HOUR - 6, Jonas, Note("Kitchen confirms: no nuts at all on the Monday line.")),
            Line(
                5 * HOUR - 9,
                Customer,
                Say("That is really reassuring. Is there somebody I could talk to about a plan for the three of us?"),
            ),
            Line(
                5 * HOUR - 12,
                Amara,
                Say(
                    "That would be me! May I send you an invitation? You would have your own page, with this conversation on it.",
                ),
            ),
            Line(5 * HOUR - 15, Customer, LeaveContact("ruth@example.org", "Ruth")),
            Line(5 * HOUR - 15, Customer, Say("Yes please, to the address I have just left.")),
        ],
    },
    Talk {
        slug: "office",
        name: "Summer party for 40",
        of: Of::Site("https://balance-kitchen.example/catering"),
        lines: &[
            Line(DAY, Customer, Say("We plan a summer party for 40 people. Is that something you do?")),
            Line(
                DAY - 20,
                Amara,
                Say("We would love to. Do you know the date already? Then I ask the kitchen what is in season."),
            ),
            Line(DAY - 30, Customer, Say("We decide that on Friday, I come back to you then.")),
            Line(DAY - 31, Amara, Label("Catering")),
            Line(DAY - 31, Amara, AssignToAmara),
            Line(DAY - 31, Amara, GiveToTeam("Events")),
            Line(DAY - 32, Amara, Say("Wonderful, until Friday!")),
            Line(DAY - 33, Amara, Snooze(2 * DAY)),
        ],
    },
    Talk {
        slug: "gift",
        name: "Gift card",
        of: Of::Site("https://balance-kitchen.example/"),
        lines: &[
            Line(2 * DAY, Customer, Say("Do you have gift cards?")),
            Line(2 * DAY - 5, Jonas, Say("We do: for five, ten or twenty meals, by mail within the hour.")),
            Line(2 * DAY - 8, Customer, Say("Perfect, found it. Thank you!")),
            Line(2 * DAY - 9, Jonas, React(2, "🎉")),
            Line(2 * DAY - 10, Jonas, Resolve),
            Line(2 * DAY - 10, Jonas, AskFeedback),
            Line(2 * DAY - 12, Customer, GiveFeedback(5, "Quick and kind, and on a Sunday too.")),
        ],
    },
];

/// The conversation of the second tenant, which nobody of the first may see.
pub(super) const ELSEWHERE: &Talk = &Talk {
    slug: "cake",
    name: "Visitor on the cakes page",
    of: Of::Site("https://northside-bakery.example/cakes"),
    lines: &[Line(30, Customer, Say("Could you do a lemon cake for twelve by Saturday?"))],
};

/// What conversations are about: name and colour.
pub(super) const LABELS: [(&str, &str); 5] = [
    ("Allergy", "red"),
    ("Catering", "purple"),
    ("Complaint", "orange"),
    ("Delivery", "blue"),
    ("New customer", "green"),
];

/// Teams, and whether Jonas is in them; Amara is in all.
pub(super) const TEAMS: [(&str, bool); 2] = [("Events", true), ("Drivers", false)];

/// Canned replies: shortcut and text.
pub(super) const CANNED: [(&str, &str); 4] = [
    (
        "allergies",
        "Every meal lists its allergens, and our kitchen works with nuts, gluten and milk. Tell me what to avoid, and \
         I will mark it on your account so that nothing with it is ever packed for you.",
    ),
    (
        "delivery",
        "We deliver on Sundays and Wednesdays between 16:00 and 20:00. You get a message when the driver sets out.",
    ),
    ("hello", "Hi {{customer.first_name|there}}, this is {{agent.first_name}} of {{business.name}}. How can I help?"),
    (
        "packs",
        "A pack is ten meals, used whenever you like within twelve weeks. You choose the meals each week until \
         Thursday evening, and can skip any week.",
    ),
];
