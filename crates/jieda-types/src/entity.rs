//! Kinds of things that a customer names, and that have one name everywhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of thing that stands in a customer's words.
///
/// Its name is one everywhere: `{variables}` of answers, slots of a conversation, fields of a ticket,
/// `entity` in `policy.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntityKind {
    /// 订单号.
    OrderId,
    /// 运单号, 快递单号.
    TrackingNo,
    /// 工单号, 服务单号, 售后单号.
    WorkorderId,
    /// 受理号, 报案号.
    CaseId,
    /// 保单号.
    PolicyNo,
    /// 户号, 客户号, 会员号, 宽带账号.
    AccountNo,
    /// The last four digits of a bank card.
    CardTail,
    /// A phone number, masked.
    Phone,
    /// A sum of money.
    Amount,
    /// A day, a month, a year, or a time of day.
    Date,
    /// 两件, 3台.
    Quantity,
    /// What was bought.
    Product,
}

impl EntityKind {
    /// All kinds, in the order in which a ticket lists them.
    pub const ALL: [Self; 12] = [
        Self::OrderId,
        Self::TrackingNo,
        Self::WorkorderId,
        Self::CaseId,
        Self::PolicyNo,
        Self::AccountNo,
        Self::CardTail,
        Self::Phone,
        Self::Product,
        Self::Quantity,
        Self::Amount,
        Self::Date,
    ];

    /// The name used in files and JSON: `order_id`, `tracking_no`, `workorder_id`, `case_id`, `policy_no`,
    /// `account_no`, `card_tail`, `phone`, `amount`, `date`, `quantity`, `product`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderId => "order_id",
            Self::TrackingNo => "tracking_no",
            Self::WorkorderId => "workorder_id",
            Self::CaseId => "case_id",
            Self::PolicyNo => "policy_no",
            Self::AccountNo => "account_no",
            Self::CardTail => "card_tail",
            Self::Phone => "phone",
            Self::Amount => "amount",
            Self::Date => "date",
            Self::Quantity => "quantity",
            Self::Product => "product",
        }
    }

    /// What people call it: 订单号.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::OrderId => "订单号",
            Self::TrackingNo => "运单号",
            Self::WorkorderId => "工单号",
            Self::CaseId => "受理号",
            Self::PolicyNo => "保单号",
            Self::AccountNo => "账户编号",
            Self::CardTail => "银行卡尾号",
            Self::Phone => "电话",
            Self::Amount => "金额",
            Self::Date => "时间",
            Self::Quantity => "数量",
            Self::Product => "商品",
        }
    }

    /// The kind of a name.
    ///
    /// ```
    /// use jieda_types::EntityKind;
    ///
    /// assert_eq!(EntityKind::from_name("order_id"), Some(EntityKind::OrderId));
    /// assert_eq!(EntityKind::from_name("balance"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether it is a number that is given out to one thing and called by its name: an order, a parcel, a
    /// policy, an account.
    #[must_use]
    pub fn is_code(self) -> bool {
        matches!(
            self,
            Self::OrderId
                | Self::TrackingNo
                | Self::WorkorderId
                | Self::CaseId
                | Self::PolicyNo
                | Self::AccountNo
        )
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_written_as_it_is_displayed() {
        for kind in EntityKind::ALL {
            let written = serde_json::to_string(&kind).unwrap();
            assert_eq!(written, format!("\"{kind}\""));
            assert_eq!(EntityKind::from_name(kind.as_str()), Some(kind));
        }
    }
}
