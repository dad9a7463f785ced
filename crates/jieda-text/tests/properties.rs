//! Properties that hold for every string.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::sync::LazyLock;

use jieda_text::{JiebaSegmenter, UserDictionary, grams};
use jieda_types::{Segmented, Segmenter};
use proptest::prelude::*;

static SEGMENTER: LazyLock<JiebaSegmenter> =
    LazyLock::new(|| JiebaSegmenter::new(&UserDictionary::default()).expect("built-in data load"));

/// Anything, leaning to what customers type: Han of both scripts, full width, emoji, invisible.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[\u{4E00}-\u{9FFF}]{1,6}",
        3 => proptest::sample::select(vec![
            "記憶體", "軟體", "裏裡", "乾隆乾坤", "瞭解", "程式", "網路", "資訊", "滑鼠", "計程車", "著名",
            "退款", "急急急急", "100000", "ＡＢ１２", "！！！", "……", "👍🏽", "❤️", "\u{200B}", "\u{0}",
            "x200 Pro", "2.4G", "<s>", "</s>",
        ]).prop_map(str::to_owned),
        2 => "[a-zA-Z0-9 ]{0,8}",
        2 => "\\PC{0,8}",
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn check_spans(s: &Segmented) {
    let mut previous = (0, 0);
    for token in &s.tokens {
        let span = token.span;
        assert!(
            span.start <= span.end && span.end <= s.original.len(),
            "{token:?}"
        );
        assert!(s.original.is_char_boundary(span.start) && s.original.is_char_boundary(span.end));
        assert!(
            !span.of(&s.original).is_empty(),
            "{token:?} stands for nothing"
        );
        assert!(previous <= (span.start, span.end), "{token:?} out of order");
        previous = (span.start, span.end);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn spans_are_valid_and_ordered(text in text()) {
        let segmented = SEGMENTER.segment(&text);
        prop_assert_eq!(&segmented.original, &text);
        check_spans(&segmented);
    }

    #[test]
    fn normalising_twice_is_normalising_once(text in text()) {
        let once = SEGMENTER.normalizer().normalize(&text);
        let twice = SEGMENTER.normalizer().normalize(&once.text);
        prop_assert_eq!(&twice.text, &once.text);
        prop_assert_eq!(once.spans.len(), once.text.chars().count());
    }

    #[test]
    fn grams_are_one_or_two_characters(text in text()) {
        for gram in grams(&SEGMENTER.normalizer().normalize(&text).text) {
            prop_assert!((1..=2).contains(&gram.text.chars().count()));
        }
    }
}
