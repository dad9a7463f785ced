//! `kb.toml`: what is said of a knowledge base as a whole.

use std::{collections::BTreeMap, path::Path};

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::{
    AnswerTemplate, Channel, ChannelLimits, Problem, ProblemCode, jsonl::read_utf8, place::Place,
};

/// The file's name inside the folder.
pub(crate) const KB_FILE: &str = "kb.toml";
/// The time zone of validity dates, unless the file says another.
const DEFAULT_TIME_ZONE: &str = "Asia/Shanghai";

/// Contents of `kb.toml`; every key may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct KbToml {
    name: Option<String>,
    language: Option<String>,
    description: Option<String>,
    dictionary: Option<String>,
    timezone: Option<String>,
    faqs: Option<Vec<String>>,
    supplied: Option<Vec<String>>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(default)]
    channels: BTreeMap<String, ChannelToml>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelToml {
    max_answer_chars: Option<usize>,
}

/// The same, checked.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) name: Option<String>,
    pub(crate) description: String,
    /// File name of the user dictionary.
    pub(crate) dictionary: Option<String>,
    /// Names of the FAQ files, if they are listed.
    pub(crate) faqs: Option<Vec<String>>,
    pub(crate) timezone: TimeZone,
    /// Values for the variables of answers that the caller does not supply.
    pub(crate) variables: BTreeMap<String, String>,
    /// Variables that the caller supplies, if that is said.
    pub(crate) supplied: Option<Vec<String>>,
    pub(crate) channels: BTreeMap<Channel, ChannelLimits>,
    /// Whether the file could not be read: then nothing is known of variables.
    is_broken: bool,
}

impl Settings {
    /// The variables of an answer that nobody gives a value.
    pub(crate) fn undeclared<'a>(&self, answer: &'a AnswerTemplate) -> Vec<&'a str> {
        let supplied = self.supplied.as_deref().unwrap_or_default();
        let is_declared =
            |name: &str| self.variables.contains_key(name) || supplied.iter().any(|s| s == name);
        let mut names = answer.variables();
        names.retain(|name| !self.is_broken && !is_declared(name));
        names
    }

    fn broken() -> Self {
        Self {
            is_broken: true,
            ..Self::default()
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: None,
            description: String::new(),
            dictionary: None,
            faqs: None,
            timezone: default_time_zone(),
            variables: BTreeMap::new(),
            supplied: None,
            channels: BTreeMap::new(),
            is_broken: false,
        }
    }
}

fn default_time_zone() -> TimeZone {
    // The table of zones is compiled in. China has had no summer time since 1991.
    TimeZone::get(DEFAULT_TIME_ZONE).unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8)))
}

/// Reads `kb.toml`; without the file everything has its default.
pub(crate) fn read(dir: &Path, problems: &mut Vec<Problem>) -> Settings {
    let path = dir.join(KB_FILE);
    if !path.exists() {
        return Settings::default();
    }
    let place = Place::file(&path);
    let Some(text) = read_utf8(&place, problems) else {
        return Settings::broken();
    };
    match toml::from_str::<KbToml>(&text) {
        Ok(raw) => checked(raw, &place, problems),
        Err(e) => {
            let place = e.span().map_or(place.clone(), |span| {
                let before = text.get(..span.start).unwrap_or(&text);
                let line_start = before.rfind('\n').map_or(0, |i| i + 1);
                let column = before[line_start..].chars().count() + 1;
                place.row(before.matches('\n').count() + 1).column(column)
            });
            let message = format!("kb.toml 有误：{}", e.message());
            problems.push(place.problem(ProblemCode::InvalidConfig, message));
            Settings::broken()
        }
    }
}

/// What a knowledge base is called whose file doesn't say it.
pub(crate) fn folder_name(dir: &Path) -> String {
    let real = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    real.file_name()
        .map_or("kb".into(), |name| name.to_string_lossy().into_owned())
}

/// A `kb.toml` to begin with, for a folder.
pub(crate) fn template(dir: &Path) -> String {
    let name = toml::Value::String(folder_name(dir));
    format!(
        "# 知识库说明。本文件可以省略；写错的键会被拒绝。

# 知识库名称，显示给使用者看。
name = {name}
# 语言。
language = \"zh-CN\"
# 生效时间、失效时间所用的时区。
timezone = \"{DEFAULT_TIME_ZONE}\"

# 答案里变量的默认值。调用方给了值就用调用方的；两边都没有值时，含有该变量的句子不会发给客户。
[variables]
"
    )
}

fn checked(raw: KbToml, place: &Place, problems: &mut Vec<Problem>) -> Settings {
    let mut wrong = |message: String| {
        problems.push(place.problem(ProblemCode::InvalidConfig, message));
    };
    if let Some(language) = raw.language.filter(|l| !l.starts_with("zh")) {
        wrong(format!("language 为“{language}”，目前只支持中文（zh-CN）"));
    }
    let zone = |name: &String| match TimeZone::get(name) {
        Ok(zone) if zone.iana_name().is_some() && !zone.is_unknown() => Some(zone),
        _ => {
            wrong(format!(
                "timezone“{name}”不是时区，应写成 {DEFAULT_TIME_ZONE} 这样"
            ));
            None
        }
    };
    let timezone = raw.timezone.as_ref().and_then(zone);
    let inside = |name: &str| !name.is_empty() && !name.contains(['/', '\\']) && name != "..";
    for name in raw.faqs.iter().flatten().filter(|name| !inside(name)) {
        wrong(format!(
            "faqs 里的“{name}”应当是知识库目录里的文件名，不能带路径"
        ));
    }
    if raw.faqs.as_ref().is_some_and(Vec::is_empty) {
        wrong("faqs 是空的：请写上文件名，或删去这一项".to_owned());
    }
    let dictionary = raw.dictionary.filter(|name| {
        if !inside(name) {
            wrong(format!(
                "dictionary“{name}”应当是知识库目录里的文件名，不能带路径"
            ));
        }
        inside(name)
    });
    let mut channels = BTreeMap::new();
    for (name, limits) in raw.channels {
        match Channel::new(&name) {
            Ok(channel) => {
                let max_answer_chars = limits.max_answer_chars;
                channels.insert(channel, ChannelLimits { max_answer_chars });
            }
            Err(_) => wrong(format!("渠道名“{name}”不可用：不能为空，最多 40 个字")),
        }
    }
    Settings {
        name: raw.name,
        description: raw.description.unwrap_or_default(),
        dictionary,
        faqs: raw
            .faqs
            .map(|names| names.into_iter().filter(|name| inside(name)).collect()),
        timezone: timezone.unwrap_or_else(default_time_zone),
        variables: raw.variables,
        supplied: raw.supplied,
        channels,
        is_broken: false,
    }
}
