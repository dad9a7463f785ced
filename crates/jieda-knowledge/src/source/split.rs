//! Several texts in one cell.

/// Words by which a part is known as a question of its own.
const QUESTION_MARKS: [&str; 33] = [
    "?",
    "？",
    "吗",
    "么",
    "呢",
    "怎",
    "如何",
    "什么",
    "多久",
    "多少",
    "多长",
    "几",
    "哪",
    "谁",
    "为何",
    "咋",
    "啥",
    "是否",
    "能不能",
    "可不可以",
    "能否",
    "可否",
    "有没有",
    "是不是",
    "要不要",
    "会不会",
    "可以",
    "何时",
    "行不行",
    "请问",
    "多大",
    "多高",
    "不了",
];

/// The similar questions of one cell.
///
/// A cell with a line break has one question a line, and nothing else divides it: so `a;b` followed
/// by a line break is one question. Otherwise `;`, `；`, `|` and `｜` divide. `、` divides too, but only
/// where every part is recognisably a question (`怎么退款、退款要多久`): in `支持微信、支付宝吗` it belongs
/// to the question.
pub(crate) fn split_questions(text: &str) -> Vec<String> {
    if text.contains('\n') {
        return parts(text, &['\n']);
    }
    parts(text, &[';', '；', '|', '｜'])
        .into_iter()
        .flat_map(|part| {
            let smaller = parts(&part, &['、']);
            let all_ask = |parts: &[String]| parts.iter().all(|p| asks(p));
            if smaller.len() > 1 && all_ask(&smaller) {
                smaller
            } else {
                vec![part]
            }
        })
        .collect()
}

/// The labels of one cell: one a line, or divided by `、`, commas, semicolons or `|`.
pub(crate) fn split_labels(text: &str) -> Vec<String> {
    if text.contains('\n') {
        parts(text, &['\n'])
    } else {
        parts(text, &['、', ',', '，', ';', '；', '|', '｜'])
    }
}

/// The lines of one cell: what may hold any mark itself, such as a regular expression.
pub(crate) fn split_lines(text: &str) -> Vec<String> {
    parts(text, &['\n'])
}

fn parts(text: &str, separators: &[char]) -> Vec<String> {
    text.split(separators)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn asks(text: &str) -> bool {
    text.chars().count() >= 4 && QUESTION_MARKS.iter().any(|mark| text.contains(mark))
}
