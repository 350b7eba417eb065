//! The worked examples of a topic's page: they are its tests.

use crate::{Answers, Topic};

/// A fenced example from a topic's docs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The facts as they are written, in order.
    pub facts: Vec<(String, String)>,
    /// What it says of them.
    pub claim: Claim,
}

/// What an example says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// These facts have this answer; `none` if nothing fits, `open` if it depends on what is not
    /// known.
    Answers(String),
    /// The answer becomes another one as soon as a fact has this value.
    Flips {
        /// The other answer.
        to: String,
        /// The fact.
        fact: String,
        /// Its value.
        at: String,
    },
}

impl Topic {
    /// The examples in its docs, in order.
    pub fn examples(&self) -> Vec<Example> {
        let mut examples = Vec::new();
        let mut lines = self.docs.iter().map(|line| line.strip_prefix(' ').unwrap_or(line));
        while let Some(line) = lines.next() {
            let Some(words) = line.strip_prefix("```facts ") else { continue };
            let body = lines.by_ref().take_while(|line| *line != "```");
            let facts = body.filter_map(|line| line.split_once('='));
            let facts =
                facts.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
            let facts = facts.collect();
            let mut words = words.split_whitespace().map(str::to_owned);
            let claim = match (words.next().as_deref(), words.next(), words.next(), words.next()) {
                (Some("answers"), Some(option), None, None) => Claim::Answers(option),
                (Some("flips"), Some(to), Some(fact), Some(at)) => Claim::Flips { to, fact, at },
                _ => continue,
            };
            examples.push(Example { facts, claim });
        }
        examples
    }
}

impl Example {
    /// Its facts as answers of the topic.
    ///
    /// What went wrong is told in a sentence.
    pub fn answers(&self, topic: &'static Topic) -> Result<Answers, String> {
        let mut answers = Answers::new(topic);
        for (name, value) in &self.facts {
            answers.say(name, value)?;
        }
        Ok(answers)
    }
}
