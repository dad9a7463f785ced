//! Classes of characters.

use jieda_types::TokenKind;

/// Han characters: what Traditional-to-Simplified conversion may touch.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}' | '々' | '〇')
}

/// Short names of provinces, with which licence plates begin.
pub(crate) fn is_plate_province(c: char) -> bool {
    "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼滬雲遼魯蘇贛陝貴寧瓊閩"
        .contains(c)
}

/// Whether a licence plate may end with a character that is no digit or letter: 京A1234学.
pub(crate) fn is_plate_end(c: char) -> bool {
    "挂学警港澳领試试超".contains(c)
}

/// Pictures that people send instead of words.
pub(crate) fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}'
        | '\u{231A}'..='\u{23FF}')
}

/// Characters without a picture of their own: joiners, direction marks, variation selectors, skin
/// tones, soft hyphens.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{20E3}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Punctuation whose repetition only adds emphasis. `/`, `-`, `_` and `#` are left alone: they
/// carry meaning in addresses and codes.
pub(crate) fn is_emphatic(c: char) -> bool {
    matches!(
        c,
        '!' | '?'
            | '.'
            | ','
            | ';'
            | ':'
            | '~'
            | '。'
            | '、'
            | '·'
            | '"'
            | '\''
            | '('
            | ')'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '—'
            | '*'
            | '^'
            | '='
    )
}

/// The kind of a token made of these characters.
pub(crate) fn kind_of(text: &str) -> TokenKind {
    if text.chars().any(char::is_alphanumeric) {
        TokenKind::Word
    } else if text.chars().any(is_emoji) {
        TokenKind::Emoji
    } else {
        TokenKind::Punctuation
    }
}
