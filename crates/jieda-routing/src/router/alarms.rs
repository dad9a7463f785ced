//! Who must know. An alarm is raised once, and cleared when it is surely over.

use jieda_types::Urgency;

use super::{ActionKind, Alarm, Router};

/// Alarms of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GroupAlarms {
    long_queue: bool,
    /// Those who wait too long.
    overdue: usize,
    /// The urgency of the one with whom the alarm began.
    long_wait: Option<Urgency>,
}

impl GroupAlarms {
    pub(super) fn overdue(&self) -> usize {
        self.overdue
    }
}

impl Router {
    pub(super) fn queue_grew(&mut self, group: usize) {
        let alarms = &mut self.alarms[group];
        if !alarms.long_queue && self.lanes.length(group) > self.rules.alarms.queue {
            alarms.long_queue = true;
            let alarm = self.long_queue(group);
            self.act(ActionKind::AlarmRaised { alarm });
        }
    }

    pub(super) fn queue_shrank(&mut self, group: usize) {
        let alarms = &mut self.alarms[group];
        if alarms.long_queue && self.lanes.length(group) <= self.rules.alarms.queue_clear {
            alarms.long_queue = false;
            let alarm = self.long_queue(group);
            self.act(ActionKind::AlarmCleared { alarm });
        }
    }

    /// One more waits too long.
    pub(super) fn overdue_waits(&mut self, group: usize, urgency: Urgency) {
        let alarms = &mut self.alarms[group];
        alarms.overdue += 1;
        if alarms.long_wait.is_none() {
            alarms.long_wait = Some(urgency);
            let alarm = self.long_wait(group, urgency);
            self.act(ActionKind::AlarmRaised { alarm });
        }
    }

    /// One less waits too long.
    pub(super) fn overdue_left(&mut self, group: usize) {
        let alarms = &mut self.alarms[group];
        alarms.overdue -= 1;
        if alarms.overdue == 0
            && let Some(urgency) = alarms.long_wait.take()
        {
            let alarm = self.long_wait(group, urgency);
            self.act(ActionKind::AlarmCleared { alarm });
        }
    }

    fn long_queue(&self, group: usize) -> Alarm {
        Alarm::LongQueue {
            group: self.rules.groups.all[group].name.clone(),
        }
    }

    fn long_wait(&self, group: usize, urgency: Urgency) -> Alarm {
        Alarm::LongWait {
            group: self.rules.groups.all[group].name.clone(),
            urgency,
        }
    }
}
