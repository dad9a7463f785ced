//! Markdown as plain blocks: headings, paragraphs, lists and comments, each with its line.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A block of the document.
#[derive(Debug)]
pub(super) struct Block {
    /// Its line, from 1.
    pub(super) line: usize,
    pub(super) kind: BlockKind,
    /// As plain text: line breaks stay, a link is `文字（URL）`.
    pub(super) text: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    Heading(HeadingLevel),
    Paragraph,
    /// With the line and text of each item of the outermost list.
    List(Vec<(usize, String)>),
    /// What stands in an HTML comment.
    Comment,
    Other,
}

/// Cuts a document.
pub(super) fn blocks(source: &str) -> Vec<Block> {
    let mut renderer = Renderer::new(source);
    let options = Options::ENABLE_YAML_STYLE_METADATA_BLOCKS | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        renderer.event(event, range.start);
    }
    renderer.blocks
}

struct Renderer {
    line_starts: Vec<usize>,
    blocks: Vec<Block>,
    depth: usize,
    text: String,
    kind: BlockKind,
    line: usize,
    is_metadata: bool,
    /// Next number of each open list that is numbered.
    lists: Vec<Option<u64>>,
    /// Where the item of the outermost list began: line and position in the text.
    item: (usize, usize),
    items: Vec<(usize, String)>,
    /// Address of each open link, and where its text began.
    links: Vec<(String, usize)>,
}

impl Renderer {
    fn new(source: &str) -> Self {
        let breaks = source.match_indices('\n').map(|(i, _)| i + 1);
        Self {
            line_starts: std::iter::once(0).chain(breaks).collect(),
            blocks: Vec::new(),
            depth: 0,
            text: String::new(),
            kind: BlockKind::Other,
            line: 1,
            is_metadata: false,
            lists: Vec::new(),
            item: (1, 0),
            items: Vec::new(),
            links: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, offset: usize) {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        match event {
            Event::Start(tag) => self.start(tag, line),
            Event::End(tag) => self.end(tag),
            Event::Text(text)
            | Event::Code(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text)
            | Event::Html(text) => self.text.push_str(&text),
            Event::InlineHtml(html) => {
                let name = html.trim_matches(['<', '>', '/', ' ']).to_ascii_lowercase();
                if name == "br" {
                    self.text.push('\n');
                } else if html.starts_with("<!--") {
                    let text = comment(&html).to_owned();
                    let kind = BlockKind::Comment;
                    self.blocks.push(Block { line, kind, text });
                } else {
                    self.text.push_str(&html);
                }
            }
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::Rule => {}
            Event::TaskListMarker(done) => self.text.push_str(if done { "[x] " } else { "[ ] " }),
        }
    }

    fn start(&mut self, tag: Tag<'_>, line: usize) {
        if self.depth == 0 {
            self.text.clear();
            self.items.clear();
            self.line = line;
            self.is_metadata = matches!(tag, Tag::MetadataBlock(_));
            self.kind = match &tag {
                Tag::Heading { level, .. } => BlockKind::Heading(*level),
                Tag::Paragraph => BlockKind::Paragraph,
                Tag::HtmlBlock => BlockKind::Comment,
                _ => BlockKind::Other,
            };
        }
        self.depth += 1;
        match tag {
            Tag::List(first) => {
                self.break_line();
                self.lists.push(first);
            }
            Tag::Item => self.start_item(line),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push((dest_url.into_string(), self.text.len()));
            }
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::Heading { .. }
                if !self.is_after_marker() =>
            {
                self.break_line();
            }
            _ => {}
        }
    }

    fn start_item(&mut self, line: usize) {
        self.break_line();
        self.text
            .push_str(&"  ".repeat(self.lists.len().saturating_sub(1)));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.text.push_str(&format!("{number}. "));
                *number = number.saturating_add(1);
            }
            _ => self.text.push_str("- "),
        }
        if self.lists.len() == 1 {
            self.item = (line, self.text.len());
        }
    }

    fn end(&mut self, tag: TagEnd) {
        self.depth = self.depth.saturating_sub(1);
        match tag {
            TagEnd::Link | TagEnd::Image => {
                if let Some((url, from)) = self.links.pop()
                    && self.text.get(from..).is_some_and(|text| text != url)
                {
                    self.text.push_str(&format!("（{url}）"));
                }
            }
            TagEnd::Item if self.lists.len() == 1 => {
                let (line, from) = self.item;
                let text = self.text.get(from..).unwrap_or_default().trim();
                self.items.push((line, text.to_owned()));
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            _ => {}
        }
        if self.depth == 0 {
            self.close_block();
        }
    }

    fn close_block(&mut self) {
        let text = std::mem::take(&mut self.text);
        let mut text = text.trim().to_owned();
        let mut kind = std::mem::replace(&mut self.kind, BlockKind::Other);
        if !self.items.is_empty() {
            kind = BlockKind::List(std::mem::take(&mut self.items));
        }
        if kind == BlockKind::Comment {
            if text.starts_with("<!--") {
                text = comment(&text).to_owned();
            } else {
                kind = BlockKind::Other;
            }
        }
        let line = self.line;
        if !self.is_metadata && !text.is_empty() {
            self.blocks.push(Block { line, kind, text });
        }
    }

    fn break_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// The first paragraph of an item stands beside its marker.
    fn is_after_marker(&self) -> bool {
        let line = self
            .text
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .trim_start();
        let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
        !self.lists.is_empty() && (line == "- " || (digits == ". " && digits.len() < line.len()))
    }
}

fn comment(html: &str) -> &str {
    html.trim()
        .trim_start_matches("<!--")
        .trim_end_matches("-->")
        .trim()
}
