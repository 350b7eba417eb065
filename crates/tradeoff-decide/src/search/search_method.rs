//! `search-method`: by words, by meaning, or by both.

use crate::fusion::{K, TREC, best, given_away, outranks};
use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// Whether things are found by their words, by their meaning, or by both.
    ///
    /// # Why
    /// An inverted index finds the words that were typed, in milliseconds, and nothing that is called
    /// otherwise. Vectors find what means the same, and miss a part number that was typed exactly;
    /// every question has to go through a model first, and another model means that all documents
    /// are embedded anew. Passages for a language model need both: names and numbers must match, and
    /// questions come in other words. Both rankings are made one by reciprocal rank fusion, which
    /// looks at ranks alone, so that nobody has to weigh scores against distances.
    ///
    /// # Examples
    /// ```facts answers full-text
    /// exact-terms = true
    /// ```
    /// ```facts answers vector
    /// paraphrases = true
    /// ```
    /// ```facts answers hybrid
    /// paraphrases = true
    /// exact-terms = true
    /// ```
    /// ```facts answers hybrid
    /// rag = true
    /// ```
    /// Search as one types leaves no time for a model:
    /// ```facts answers none
    /// paraphrases = true
    /// within = 40ms
    /// ```
    /// ```facts flips hybrid exact-terms true
    /// paraphrases = true
    /// ```
    ///
    /// # Limits
    /// Fusion needs both rankings to be sane: the fused list is no better than the candidates that it
    /// gets, so ask each for some hundred. Synonym lists and a reranker on top are steps between. What
    /// is better on your questions is measured, on a few dozen of them with known answers.
    ///
    /// # Sources
    /// Guide, section 8, "Full-Text vs. Vector Search", "Decision Framework: Hybrid Search". Cormack,
    /// Clarke, Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
    /// Methods", SIGIR 2009. pgvector, README: 4 bytes per dimension and 8 beside.
    pub const TOPIC = Topic {
        id: "search-method",
        title: "Is it found by words, by meaning, or by both?",
        noun: "Search method",
        section: "8",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["mode"], &[]),
    };
}

/// Bytes of a dimension, and of a vector beside them: pgvector, README.
const DIMENSION: f64 = 4.0;
const VECTOR: f64 = 8.0;
/// Documents below which no vector database is needed: guide, section 8, "a few million".
const FEW: f64 = 3e6;

static FACTS: &[Fact] = &[
    Fact::flag("exact-terms")
        .asks("Do people search for names, numbers or code that must match as typed?")
        .why("Vectors return what is alike, not what is equal", "guide, section 8")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (needs, path) = seen.stated(it, "needs")?;
            Some(Known::at(path, Value::Flag(needs.says("exact-terms"))))
        }),
    Fact::flag("paraphrases")
        .asks("Do people ask in other words than the documents use?")
        .why("Words that are not there are not found in an inverted index", "guide, section 8")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (needs, path) = seen.stated(it, "needs")?;
            Some(Known::at(path, Value::Flag(needs.says("semantics"))))
        }),
    Fact::flag("rag")
        .asks("Are the passages that are found given to a language model?")
        .why("Its questions need both: exact names and other words", "guide, section 8")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (over, path) = seen.stated(it, "over")?;
            Some(Known::at(path, Value::Flag(over.says("passages"))))
        }),
    Fact::number("within", "ms", 1.0, 1e5)
        .asks("Within how many milliseconds must results be there?")
        .why("By meaning, the question goes through a model first", "guide, section 8: query speed")
        .or(Value::Number(500.0)),
    Fact::number("embedding", "ms", 0.1, 1e5)
        .asks("How long does it take to embed a question and find its neighbors, in milliseconds?")
        .why("Every question pays it", "guide, section 8: tens to hundreds of ms")
        .or(Value::Number(100.0)),
    Fact::count("documents", "documents", 1.0, 1e12)
        .asks("How many documents or passages are there?")
        .why("Each is a vector in memory", "guide, section 8")
        .or(Value::Number(1e5))
        .from(|seen, it| seen.number(it, "documents", 1.0)),
    Fact::count("dimensions", "dimensions", 1.0, 1e5)
        .asks("How many dimensions does a vector have?")
        .why("Times 4 bytes it is the memory of one", "pgvector")
        .or(Value::Number(768.0))
        .from(|seen, it| seen.number(it, "dimensions", 1.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "full-text",
        title: "By words (BM25)",
        reversal: Reversal::Weeks,
        undo: "vectors are added beside it",
        door: "log questions that found nothing: they say when words are not enough",
        boring: 1,
    },
    Opt {
        id: "vector",
        title: "By meaning (nearest vectors)",
        reversal: Reversal::Weeks,
        undo: "an index of words is built beside it from the same documents",
        door: "keep the text and the name of the model with each vector",
        boring: 2,
    },
    Opt {
        id: "hybrid",
        title: "By both, fused by rank",
        reversal: Reversal::Weeks,
        undo: "one of the two lists is left out",
        door: "keep both rankings in the logs, so that either can be judged alone",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("search")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [exact, other, rag] = ["exact-terms", "paraphrases", "rag"].map(|it| facts.flag(it));
    let [within, embedding, documents, dimensions] =
        ["within", "embedding", "documents", "dimensions"].map(|it| facts.number(it));
    let meaning = other || rag;
    let words = exact || rag || !meaning;

    judge.exclude_if(
        meaning,
        "full-text",
        &["paraphrases", "rag"],
        "what is asked in other words has no word in common with its answer",
    );
    judge.exclude_if(
        words,
        "vector",
        &["exact-terms", "rag", "paraphrases"],
        if meaning {
            "names and numbers must match as typed, and it returns what is alike"
        } else {
            "nobody asks in other words: a model for every question buys nothing"
        },
    );
    judge.exclude_if(
        !(meaning && words),
        "hybrid",
        &["exact-terms", "paraphrases", "rag"],
        "one of its two indexes would do",
    );
    for option in ["vector", "hybrid"] {
        judge.exclude_if(
            embedding > within,
            option,
            &["embedding", "within"],
            format!(
                "a question takes {} ms through the model, and may take {} ms",
                plain(embedding),
                plain(within)
            ),
        );
    }
    let bytes = documents * (dimensions * DIMENSION + VECTOR);
    let text = format!(
        "{} x ({} x {} + {}) B",
        plain(documents),
        plain(dimensions),
        plain(DIMENSION),
        plain(VECTOR)
    );
    judge.line("vectors", text, bytes / 1e9, "GB");
    let k = plain(K);
    judge.line(
        "score of what is first in both lists",
        format!("2 / ({k} + 1)"),
        2.0 / (K + 1.0),
        "",
    );
    judge.line("score of what is first in one", format!("1 / ({k} + 1)"), 1.0 / (K + 1.0), "");
    judge.line(
        "rank in both lists that still equals a first in one",
        format!("{k} + 2 x 1"),
        outranks(1.0, K),
        "",
    );
    if let (Some((best, _)), Some(share)) = (best(&TREC), given_away(&TREC, K)) {
        let text = format!("{k} instead of {}, 30 TREC runs", plain(best));
        judge.line("precision that this constant gives away", text, share * 100.0, "%");
    }
    if meaning && documents <= FEW {
        judge.advise(format!(
            "{} documents are no case for a vector database: Postgres with pgvector holds both \
             indexes.",
            plain(documents)
        ));
    }
}
