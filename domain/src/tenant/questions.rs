//! What a business asks visitors of its site before their first message, and whether they have answered.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::refusal::{Code, Refusal};
use crate::text::{DisplayName, Email, line, paragraph, text_type};

/// The most questions.
pub const MAX_QUESTIONS: usize = 5;

/// The most answers one can be chosen from.
pub const MAX_CHOICES: usize = 10;

/// A question, or one of the answers to choose from: 1 to 200 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(Arc<str>);
text_type!(Words);

impl Words {
    /// The most characters.
    pub const MAX: usize = 200;

    fn parse(text: &str) -> Result<Self, Refusal> {
        line("questions", text, Self::MAX).map(Self)
    }

    /// Whether people would take the two for one.
    fn reads_like(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

/// What is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Some words.
    Text,
    /// What somebody is called, and their conversation with them.
    Name,
    /// An e-mail address, which is a way to be reached.
    Email,
    /// One of several.
    Choice,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is asked.
    pub question: Words,
    /// What is answered with.
    pub kind: Kind,
    /// Whether there is no chat without an answer.
    pub required: bool,
    /// What can be chosen from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Words>,
}

/// The questions, in their order; none by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Questions(Vec<Question>);

/// A question as it comes from outside.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    question: String,
    kind: Kind,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    choices: Vec<String>,
}

/// What somebody says to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Which, in its words.
    pub question: String,
    /// The answer; nothing but spaces is none.
    pub answer: String,
}

/// A question that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What was asked.
    pub question: Words,
    /// What was said: 1 to 500 characters.
    pub answer: Arc<str>,
}

/// What a visitor has answered, in the order of the questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// All of it.
    pub all: Vec<Answer>,
    /// The name among it.
    pub name: Option<DisplayName>,
    /// The address among it.
    pub email: Option<Email>,
}

impl Answer {
    /// The most characters of an answer.
    pub const MAX: usize = 500;

    /// Reads what Brigade itself says was answered.
    pub fn parse(given: &Given) -> Result<Self, Refusal> {
        let answer = paragraph("answers", &given.answer, 1, Self::MAX)?;
        Ok(Self { question: Words::parse(&given.question)?, answer })
    }
}

impl Questions {
    /// Reads questions.
    pub fn parse(drafts: &[Draft]) -> Result<Self, Refusal> {
        if drafts.len() > MAX_QUESTIONS {
            return Err(Refusal::invalid("questions", format!("Ask {MAX_QUESTIONS} questions at most.")));
        }
        let questions = drafts.iter().map(Question::parse).collect::<Result<Vec<_>, _>>()?;
        let again = |(at, question): (usize, &Question)| {
            questions.iter().take(at).any(|before| before.question.reads_like(&question.question))
        };
        if questions.iter().enumerate().any(again) {
            return Err(Refusal::invalid("questions", "The same is asked twice."));
        }
        let many = |kind| questions.iter().filter(|question| question.kind == kind).count() > 1;
        if many(Kind::Email) {
            return Err(Refusal::invalid("questions", "Ask for one e-mail address at most."));
        }
        if many(Kind::Name) {
            return Err(Refusal::invalid("questions", "Ask for one name at most."));
        }
        Ok(Self(questions))
    }

    /// Each.
    pub fn all(&self) -> &[Question] {
        &self.0
    }

    /// What of `given` answers them; refused when something required is left out, or something else is answered.
    pub fn answered(&self, given: &[Given]) -> Result<Answers, Refusal> {
        let unknown = |given: &&Given| !self.0.iter().any(|question| question.question.as_str() == given.question);
        if given.iter().any(|given| unknown(&given)) {
            return Err(Refusal::invalid(
                "answers",
                "The questions have changed. Reload the page and answer them again.",
            ));
        }
        let mut answers = Answers::default();
        for question in &self.0 {
            let mut said = given.iter().filter(|given| given.question == question.question.as_str());
            let text = said.next().map_or("", |given| given.answer.trim());
            if said.next().is_some() {
                return Err(question.refused("This is answered twice."));
            }
            if let Some(answer) = question.answer(text, &mut answers)? {
                answers.all.push(answer);
            }
        }
        Ok(answers)
    }
}

impl Question {
    fn parse(draft: &Draft) -> Result<Self, Refusal> {
        let question = Words::parse(&draft.question)?;
        let choices = draft.choices.iter().map(|choice| Words::parse(choice)).collect::<Result<Vec<_>, _>>()?;
        let fits = match draft.kind {
            Kind::Choice => (2..=MAX_CHOICES).contains(&choices.len()),
            Kind::Text | Kind::Name | Kind::Email => choices.is_empty(),
        };
        if !fits {
            let text = format!(
                "A choice has 2 to {MAX_CHOICES} answers to choose from, one a line; other questions have none."
            );
            return Err(Refusal::invalid("questions", text));
        }
        let again = |(at, choice): (usize, &Words)| choices.iter().take(at).any(|before| before.reads_like(choice));
        if choices.iter().enumerate().any(again) {
            return Err(Refusal::invalid("questions", "The same answer is there twice to choose from."));
        }
        Ok(Self { question, kind: draft.kind, required: draft.required, choices })
    }

    fn answer(&self, text: &str, answers: &mut Answers) -> Result<Option<Answer>, Refusal> {
        if text.is_empty() {
            return if self.required { Err(self.refused("Please answer this.")) } else { Ok(None) };
        }
        let answer = match self.kind {
            Kind::Text => {
                paragraph("answers", text, 1, Answer::MAX).map_err(|refusal| self.refused(refusal.message))?
            }
            Kind::Name => {
                let name = DisplayName::parse("answers", text).map_err(|refusal| self.refused(refusal.message))?;
                let said = Arc::from(name.as_str());
                answers.name = Some(name);
                said
            }
            Kind::Email => {
                let address = Email::parse("answers", text).map_err(|refusal| self.refused(refusal.message))?;
                let said = Arc::from(address.as_str());
                answers.email = Some(address);
                said
            }
            Kind::Choice if self.choices.iter().any(|choice| choice.as_str() == text) => Arc::from(text),
            Kind::Choice => return Err(self.refused("Choose one of the answers.")),
        };
        Ok(Some(Answer { question: self.question.clone(), answer }))
    }

    fn refused(&self, message: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
        Refusal::new(Code::InvalidInput, message).with_details(json!({ "field": "answers", "question": self.question }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn questions(drafts: Value) -> Result<Questions, Refusal> {
        Questions::parse(&serde_json::from_value::<Vec<Draft>>(drafts).unwrap())
    }

    fn three() -> Questions {
        questions(json!([
            { "question": "Your name", "kind": "name", "required": true },
            { "question": "Your e-mail", "kind": "email" },
            { "question": "What about?", "kind": "choice", "choices": ["Delivery", "شيء آخر"] },
        ]))
        .unwrap()
    }

    fn given(answers: &[(&str, &str)]) -> Vec<Given> {
        answers
            .iter()
            .map(|(question, answer)| Given { question: (*question).into(), answer: (*answer).into() })
            .collect()
    }

    #[test]
    fn questions_are_few_different_and_of_a_kind() {
        assert_eq!(questions(json!([])).unwrap(), Questions::default());
        let text = |n: usize| json!({ "question": format!("Question {n} شكراً"), "kind": "text" });
        assert!(questions((0..5).map(text).collect()).is_ok());
        for wrong in [
            (0..6).map(text).collect::<Value>(),
            json!([{ "question": " ", "kind": "text" }]),
            json!([{ "question": "a\nb", "kind": "text" }]),
            json!([{ "question": "a".repeat(201), "kind": "text" }]),
            json!([{ "question": "Name", "kind": "text" }, { "question": "name ", "kind": "text" }]),
            json!([{ "question": "A", "kind": "email" }, { "question": "B", "kind": "email" }]),
            json!([{ "question": "A", "kind": "name" }, { "question": "B", "kind": "name" }]),
            json!([{ "question": "A", "kind": "choice", "choices": ["one"] }]),
            json!([{ "question": "A", "kind": "choice", "choices": ["one", "One"] }]),
            json!([{ "question": "A", "kind": "text", "choices": ["one", "two"] }]),
        ] {
            assert_eq!(questions(wrong.clone()).unwrap_err().details.unwrap()["field"], "questions", "{wrong}");
        }
    }

    #[test]
    fn what_is_required_is_answered_and_a_name_and_an_address_are_such() {
        let answers = three()
            .answered(&given(&[("What about?", "شيء آخر"), ("Your name", " Mia "), ("Your e-mail", "Mia@Example.com")]))
            .unwrap();
        let said: Vec<&str> = answers.all.iter().map(|answer| &*answer.answer).collect();
        assert_eq!(said, ["Mia", "mia@example.com", "شيء آخر"]);
        assert_eq!(answers.email.unwrap().as_str(), "mia@example.com");
        assert_eq!(answers.name.unwrap().as_str(), "Mia");
        assert_eq!(three().answered(&given(&[("Your name", "Mia"), ("Your e-mail", " ")])).unwrap().all.len(), 1);
        let long = "M".repeat(201);
        for wrong in [
            vec![],
            vec![("Your name", "  ")],
            vec![("Your name", "Mia"), ("Your e-mail", "mia")],
            vec![("Your name", "Mia"), ("What about?", "Weather")],
            vec![("Your name", "Mia"), ("Your name", "Ada")],
            vec![("Your name", "Mia"), ("Your shoes", "42")],
            vec![("Your name", "M\u{0}ia")],
            vec![("Your name", &*long)],
        ] {
            assert_eq!(three().answered(&given(&wrong)).unwrap_err().details.unwrap()["field"], "answers", "{wrong:?}");
        }
        assert_eq!(Questions::default().answered(&[]).unwrap(), Answers::default());
    }

    proptest! {
        /// Whatever is said: what is taken answers a question that is asked, in its order, and nothing required is missing.
        #[test]
        fn what_is_taken_answers_what_is_asked(
            said in prop::collection::vec((prop::sample::select(vec!["Your name", "Your e-mail", "What about?", "x"]),
                prop::sample::select(vec!["", " ", "Mia", "a@example.com", "Delivery"])), 0..5)
        ) {
            if let Ok(answers) = three().answered(&given(&said)) {
                prop_assert!(answers.all.iter().any(|answer| answer.question.as_str() == "Your name"));
                let places: Vec<_> = answers.all.iter()
                    .map(|answer| three().all().iter().position(|question| question.question == answer.question)).collect();
                prop_assert!(places.is_sorted() && places.iter().all(Option::is_some));
                prop_assert_eq!(answers.email.is_some(), answers.all.iter().any(|answer| answer.question.as_str() == "Your e-mail"));
            }
        }
    }
}
