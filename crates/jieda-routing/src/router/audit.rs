//! What always holds, executable.

use super::{Router, case::Phase};

impl Router {
    /// Everything that is not as it must be: nothing, unless there is a bug. For tests and for a host that
    /// wants to be sure; it looks at every ticket and every agent.
    #[must_use]
    pub fn audit(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut waiting = vec![0; self.rules.groups.all.len()];
        let mut overdue = waiting.clone();
        for (id, case) in &self.cases {
            match case.phase {
                Phase::Nowhere => wrong.push(format!("ticket {id} is nowhere")),
                Phase::Waiting { lane } => {
                    waiting[case.group] += 1;
                    overdue[case.group] += usize::from(case.overdue);
                    if !self.lanes.waiting(lane).any(|w| w == (case.order, *id)) {
                        wrong.push(format!("ticket {id} waits in no queue"));
                    }
                    if self.lanes.key(lane).group != case.group {
                        wrong.push(format!("ticket {id} waits in another group's queue"));
                    }
                    let paused = |seat| case.is_paused(seat, self.now);
                    if let Some((seat, _)) = self.desk.next_for(lane, paused) {
                        let agent = self.desk.at(seat).agent.id;
                        wrong.push(format!("ticket {id} waits, and agent {agent} is free"));
                    }
                }
                Phase::Offered { seat, .. } | Phase::Taken { seat, .. } => {
                    if !self.desk.at(seat).tickets.contains_key(id) {
                        wrong.push(format!("ticket {id} is with an agent who has not got it"));
                    }
                }
            }
        }
        let mut with_agents = 0;
        for desker in self.desk.all() {
            let agent = desker.agent.id;
            with_agents += desker.tickets.len();
            let (has, most) = (desker.tickets.len(), desker.most);
            if has > most {
                wrong.push(format!(
                    "agent {agent} has {has} tickets, and room for {most}"
                ));
            }
        }
        let in_queues: usize = waiting.iter().sum();
        if in_queues + with_agents != self.cases.len() {
            wrong.push(format!(
                "{in_queues} tickets wait and {with_agents} are with agents, of {}",
                self.cases.len()
            ));
        }
        for (group, waits) in waiting.into_iter().enumerate() {
            if self.lanes.length(group) != waits {
                wrong.push(format!(
                    "group {group} counts {}, not {waits}",
                    self.lanes.length(group)
                ));
            }
            if self.alarms[group].overdue() != overdue[group] {
                wrong.push(format!(
                    "group {group} counts those who wait too long wrongly"
                ));
            }
        }
        wrong.sort();
        wrong
    }
}
