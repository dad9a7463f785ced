//! What numbers are called.

use jieda_types::EntityKind;

use crate::plain::Plain;

/// What the words near a number say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Called {
    /// A kind, by a word that can only stand before a number: 订单号.
    Kind(EntityKind),
    /// A kind, by a noun that often stands elsewhere too: 订单.
    Noun(EntityKind),
    /// 单号: of an order, unless the number looks like that of a parcel.
    AnyOrder,
    /// Something else: 验证码, 手机, SKU.
    Other,
}

use Called::{AnyOrder, Kind, Noun, Other};
use EntityKind::{AccountNo, CaseId, OrderId, PolicyNo, TrackingNo, WorkorderId};

const NAMES: &[(Called, &[&str])] = &[
    (
        Kind(OrderId),
        &[
            "订单号",
            "訂單號",
            "订单编号",
            "訂單編號",
            "订单号码",
            "订单编码",
            "订单id",
            "订单no",
            "定单号",
            "交易号",
            "交易单号",
            "交易编号",
            "购物单号",
            "采购单号",
            "预订号",
            "预订单号",
            "预定号",
            "预定单号",
            "商城单号",
            "order id",
            "orderid",
            "order no",
            "order number",
            "order",
        ],
    ),
    (
        Kind(TrackingNo),
        &[
            "快递单号",
            "快遞單號",
            "快递号",
            "快递号码",
            "快递编号",
            "物流单号",
            "物流單號",
            "物流号",
            "物流编号",
            "运单号",
            "運單號",
            "运单编号",
            "运单号码",
            "快件号",
            "快件单号",
            "包裹号",
            "包裹单号",
            "面单号",
            "寄件单号",
            "邮件号",
            "邮件编号",
            "货运单号",
            "退货运单号",
            "退货快递单号",
            "顺丰单号",
            "顺丰",
            "顺丰快递",
            "中通",
            "中通单号",
            "圆通",
            "圆通单号",
            "申通",
            "申通单号",
            "韵达",
            "韵达单号",
            "极兔",
            "极兔单号",
            "京东快递",
            "京东物流",
            "德邦",
            "邮政快递",
            "ems",
            "ems单号",
            "tracking no",
            "tracking number",
            "tracking",
        ],
    ),
    (
        Kind(WorkorderId),
        &[
            "工单号",
            "工單號",
            "工单编号",
            "工单号码",
            "工单id",
            "服务单号",
            "售后单号",
            "维修单号",
            "报修单号",
            "派工单号",
            "退款单号",
            "退货单号",
            "换货单号",
            "投诉单号",
            "申请单号",
            "退款编号",
            "售后编号",
            "服务编号",
        ],
    ),
    (
        Kind(CaseId),
        &[
            "受理号",
            "受理编号",
            "受理单号",
            "争议受理号",
            "案件号",
            "案件编号",
            "报案号",
            "报案编号",
            "投诉编号",
            "理赔号",
            "理赔单号",
            "赔案号",
            "案号",
            "立案号",
            "回执号",
            "回执编号",
        ],
    ),
    (
        Kind(PolicyNo),
        &[
            "保单号",
            "保單號",
            "保单编号",
            "保单号码",
            "保险单号",
            "保险单编号",
            "保险合同号",
            "电子保单号",
        ],
    ),
    (
        Kind(AccountNo),
        &[
            "户号",
            "客户号",
            "客户编号",
            "客户号码",
            "用户编号",
            "用户号",
            "会员号",
            "会员编号",
            "会员卡号",
            "宽带账号",
            "宽带号",
            "缴费号",
            "缴费户号",
            "缴费编号",
            "账户号",
            "账户编号",
            "电费户号",
            "燃气户号",
            "水费户号",
        ],
    ),
    (Noun(OrderId), &["订单", "訂單", "定单"]),
    (
        Noun(TrackingNo),
        &[
            "快递",
            "快遞",
            "快递单",
            "运单",
            "運單",
            "快件",
            "包裹",
            "物流",
            "物流单",
            "面单",
        ],
    ),
    (Noun(WorkorderId), &["工单", "工單", "服务单", "售后单"]),
    (Noun(PolicyNo), &["保单", "保單"]),
    (AnyOrder, &["单号", "單號", "单子", "单子号", "单号码"]),
    (
        Other,
        &[
            "验证码",
            "驗證碼",
            "校验码",
            "取件码",
            "取货码",
            "提货码",
            "券码",
            "券号",
            "兑换码",
            "激活码",
            "邀请码",
            "条码",
            "条形码",
            "货号",
            "款号",
            "型号",
            "sku",
            "spu",
            "upc",
            "ean",
            "isbn",
            "序列号",
            "sn",
            "s/n",
            "imei",
            "iccid",
            "meid",
            "批号",
            "批次",
            "税号",
            "识别号",
            "信用代码",
            "车架号",
            "vin",
            "版本号",
            "版本",
            "航班号",
            "航班",
            "车次",
            "座位",
            "座位号",
            "票号",
            "学号",
            "工号",
            "房号",
            "房间号",
            "门牌号",
            "邮编",
            "密码",
            "口令",
            "发票",
            "发票号",
            "发票号码",
            "发票代码",
            "尾号",
            "订单尾号",
            "手机",
            "手機",
            "手机号",
            "手机号码",
            "电话",
            "電話",
            "电话号码",
            "联系方式",
            "热线",
            "客服电话",
            "身份证",
            "身份证号",
            "护照",
            "护照号",
            "微信",
            "微信号",
            "qq",
            "qq号",
            "卡号",
            "银行卡",
            "银行卡号",
            "信用卡",
            "端口",
            "ip",
            "错误码",
            "错误代码",
            "代码",
            "设备号",
            "设备编号",
            "电表号",
            "水表号",
            "电表",
            "水表",
            "车牌",
            "车牌号",
            "短信号",
            "基金代码",
            "股票代码",
            "批准文号",
            "备案号",
            "许可证",
            "编码",
            "活动编号",
            "店铺号",
            "网点编号",
            "地址",
            "积分",
            "余额",
            "金额",
            "价格",
            "uid",
            "群号",
            "直播间",
            "房间",
            "tel",
            "phone",
            "mobile",
            "version",
            "code",
            "model",
            "iphone",
            "android",
            "ios",
        ],
    ),
];

/// Words between a name and its number that say that it has one.
const LINKS: &[&str] = &[
    "号码",
    "號碼",
    "编号",
    "号",
    "號",
    "是",
    "为",
    "為",
    ":",
    "=",
    "#",
    "就是",
    "应该是",
    "no",
    "id",
    "number",
];
/// Other words between a name and its number.
const BETWEEN: &[&str] = &[
    " ", "\"", "“", "「", "(", "[", "【", "填", "填的", "写", "写的", "我", "我的", "的", "这个",
    "那个", "了", ".", "-", ",", "如下", "这里", "给你", "发你", "\n",
];
/// Most words between a name and its number.
const MOST_BETWEEN: usize = 5;

/// Words between a number and a name behind it.
const BEHIND: &[&str] = &[
    "",
    "是",
    "这",
    "这个",
    "这笔",
    "这单",
    "的",
    "那个",
    "那笔",
    "是我的",
    "这张",
    "这份",
    "对应的",
];

/// What a number that starts at `start` is called by the words before it. Reads a few characters.
pub(super) fn before(plain: &Plain, start: usize) -> Option<Called> {
    let mut end = start;
    let mut linked = true;
    for _ in 0..=MOST_BETWEEN {
        if let Some(called) = ending_at(plain, end, linked) {
            return Some(called);
        }
        let link = plain.word_before(end, LINKS);
        let length = link.or_else(|| plain.word_before(end, BETWEEN))?;
        // 订单号: a noun counts where a link, or nothing but a space, stands between.
        linked = link.is_some() || (linked && plain.before(end) == ' ');
        end -= length;
    }
    None
}

/// What a number that ends before `end` is called by the words behind it: 20261128001这个订单.
pub(super) fn behind(plain: &Plain, end: usize) -> Option<Called> {
    let end = plain.skip_some(end, 1, |c| c == ' ');
    BEHIND.iter().find_map(|word| {
        plain.starts_with(end, word).then_some(())?;
        starting_at(plain, end + word.chars().count())
    })
}

/// The longest name that ends before `end`: 快递单号 is no 单号.
fn ending_at(plain: &Plain, end: usize, linked: bool) -> Option<Called> {
    longest(|words| {
        let length = plain.word_before(end, words)?;
        // A Latin word is one only when no letter stands before it: `reorder` is no `order`.
        let latin = plain.before(end).is_ascii_alphabetic();
        let whole = !(latin && plain.before(end - length).is_ascii_alphanumeric());
        whole.then_some(length)
    })
    .filter(|called| linked || !matches!(called, Noun(_)))
}

fn starting_at(plain: &Plain, start: usize) -> Option<Called> {
    longest(|words| plain.word_at(start, words))
}

fn longest(length: impl Fn(&[&str]) -> Option<usize>) -> Option<Called> {
    let lengths = NAMES
        .iter()
        .filter_map(|(called, words)| Some((length(words)?, *called)));
    lengths
        .max_by_key(|(length, _)| *length)
        .map(|(_, called)| called)
}
