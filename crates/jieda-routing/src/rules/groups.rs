//! Skill groups, and which of them a ticket belongs to.

use crate::{Level, Skill, Ticket};

/// A queue, and the skill of the agents who serve it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name: the skill of its agents.
    pub name: Skill,
    /// What packages call this skill.
    pub skills: Vec<Skill>,
    /// Tags of FAQs whose tickets belong here.
    pub tags: Vec<Skill>,
    /// Agents need at least this.
    pub level: Level,
    /// Groups whose agents help out, by their place in [`Groups`].
    pub overflow: Vec<usize>,
}

/// All groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// In the order of the file.
    pub all: Vec<Group>,
    /// The group of tickets that belong to no other.
    pub default: usize,
}

impl Groups {
    /// The group of this name, or that packages call so.
    #[must_use]
    pub fn named(&self, skill: &Skill) -> Option<usize> {
        let by_name = self.all.iter().position(|group| group.name == *skill);
        by_name.or_else(|| {
            self.all
                .iter()
                .position(|group| group.skills.contains(skill))
        })
    }

    /// Where a ticket belongs: by the skill that its package wants, else where most of its tags belong (the
    /// first of several), else the default.
    #[must_use]
    pub fn of(&self, ticket: &Ticket) -> usize {
        if let Some(group) = ticket.skill.as_ref().and_then(|skill| self.named(skill)) {
            return group;
        }
        let hits = |group: &Group| {
            let tags = ticket.tags.iter();
            tags.filter(|tag| group.tags.contains(tag)).count()
        };
        let most = self.all.iter().map(hits).max().unwrap_or(0);
        let best = self.all.iter().position(|group| hits(group) == most);
        best.filter(|_| most > 0).unwrap_or(self.default)
    }
}
