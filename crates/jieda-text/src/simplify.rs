//! Traditional → Simplified by phrases, Taiwan words included (軟體 → 软件), with alignment.
//!
//! A run of Han characters that holds no Traditional character is left alone: words that are
//! written alike in both scripts but mean something else (Simplified 程式) are not touched.
//!
//! The conversion itself is OpenCC's (`ferrous-opencc`). It reports no alignment, so that it is
//! recovered here: character-by-character conversion keeps the length, and differs from the
//! conversion by phrases only where a phrase was replaced; a longest common subsequence of the two
//! finds those places.

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use jieda_types::ByteSpan;

use crate::{
    TextError,
    characters::is_han,
    mapped::{Mapped, hull, to_string},
};

/// Longest stretch, in characters, that is aligned exactly; a longer one maps to its whole span.
const MAX_ALIGNED: usize = 400;

pub(crate) struct Simplifier {
    characters: OpenCC,
    phrases: OpenCC,
}

impl Simplifier {
    pub(crate) fn new() -> Result<Self, TextError> {
        let load = |config| OpenCC::from_config(config).map_err(|e| TextError(e.to_string()));
        Ok(Self {
            characters: load(BuiltinConfig::T2s)?,
            phrases: load(BuiltinConfig::Tw2sp)?,
        })
    }

    pub(crate) fn simplify(&self, chars: Vec<Mapped>) -> Vec<Mapped> {
        if !chars.iter().any(|m| is_han(m.ch)) {
            return chars;
        }
        let mut out = Vec::with_capacity(chars.len());
        for run in chars.chunk_by(|a, b| is_han(a.ch) == is_han(b.ch)) {
            if run.first().is_some_and(|m| is_han(m.ch)) {
                self.simplify_run(run, &mut out);
            } else {
                out.extend_from_slice(run);
            }
        }
        out
    }

    fn simplify_run(&self, run: &[Mapped], out: &mut Vec<Mapped>) {
        let text = to_string(run);
        if self.characters.convert(&text) == text {
            out.extend_from_slice(run);
            return;
        }
        let converted: Vec<char> = self.phrases.convert(&text).chars().collect();
        if converted.len() == run.len() {
            out.extend(
                run.iter()
                    .zip(converted)
                    .map(|(m, ch)| Mapped { ch, span: m.span }),
            );
            return;
        }
        let by_character: Vec<char> = run
            .iter()
            .map(|m| {
                let converted = self.characters.convert(&m.ch.to_string());
                let mut chars = converted.chars();
                match (chars.next(), chars.next()) {
                    (Some(ch), None) => ch,
                    _ => m.ch,
                }
            })
            .collect();
        align(run, &by_character, &converted, out);
    }
}

/// Gives each character of `to` the span of its partner in `from` (which stands for `run`, one to
/// one); characters of a replaced phrase get the span of the whole phrase.
fn align(run: &[Mapped], from: &[char], to: &[char], out: &mut Vec<Mapped>) {
    let Some(whole) = hull(run) else { return };
    let mut last = ByteSpan {
        start: whole.start,
        end: whole.start,
    };
    let (mut i, mut j) = (0, 0);
    for (ni, nj) in matches(from, to)
        .into_iter()
        .chain([(from.len(), to.len())])
    {
        let gap = hull(&run[i..ni]).unwrap_or(last);
        out.extend(to[j..nj].iter().map(|&ch| Mapped { ch, span: gap }));
        if let Some(m) = run.get(ni) {
            out.push(Mapped {
                ch: to[nj],
                span: m.span,
            });
            last = m.span;
        }
        (i, j) = (ni + 1, nj + 1);
    }
}

/// Pairs of equal characters in a longest common subsequence, in order.
fn matches(from: &[char], to: &[char]) -> Vec<(usize, usize)> {
    let head = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let tail = from[head..]
        .iter()
        .rev()
        .zip(to[head..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (a, b) = (&from[head..from.len() - tail], &to[head..to.len() - tail]);
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|i| (i, i)).collect();
    if a.len() <= MAX_ALIGNED && b.len() <= MAX_ALIGNED {
        pairs.extend(lcs(a, b).into_iter().map(|(i, j)| (i + head, j + head)));
    }
    pairs.extend((0..tail).map(|k| (from.len() - tail + k, to.len() - tail + k)));
    pairs
}

fn lcs(a: &[char], b: &[char]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    // length[i][j]: longest common subsequence of a[i..] and b[j..].
    let mut length = vec![0u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            length[i * width + j] = if a[i] == b[j] {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if length[(i + 1) * width + j] >= length[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}
