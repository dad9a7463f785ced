//! Tables whose columns line up, Chinese characters counting two.

use unicode_width::UnicodeWidthStr as _;

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A table with a head.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub(crate) fn new(head: &[(&str, Align)]) -> Self {
        Self {
            columns: head.iter().map(|(_, align)| *align).collect(),
            rows: vec![head.iter().map(|(name, _)| (*name).to_owned()).collect()],
        }
    }

    /// Adds a row; it has as many cells as the table has columns.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as text, each line indented by `indent` spaces.
    pub(crate) fn render(&self, indent: usize) -> String {
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|i| {
                self.rows
                    .iter()
                    .map(|r| r.get(i).map_or(0, |c| c.width()))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        for row in &self.rows {
            let cells: Vec<String> = row
                .iter()
                .zip(self.columns.iter().zip(&widths))
                .map(|(cell, (align, width))| {
                    let pad = " ".repeat(width - cell.width());
                    match align {
                        Align::Left => format!("{cell}{pad}"),
                        Align::Right => format!("{pad}{cell}"),
                    }
                })
                .collect();
            out.push_str(&" ".repeat(indent));
            out.push_str(cells.join("  ").trim_end());
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn chinese_lines_up() {
        let mut table = Table::new(&[("问题", Align::Left), ("得分", Align::Right)]);
        table.row(["怎么退货".into(), "1.5".into()]);
        table.row(["APP".into(), "12.25".into()]);
        expect![[r#"
            问题       得分
            怎么退货    1.5
            APP       12.25
        "#]]
        .assert_eq(&table.render(0));
        assert!(table.render(2).lines().all(|line| line.starts_with("  ")));
    }
}
