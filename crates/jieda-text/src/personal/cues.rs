//! What the words before a number say about it.

use crate::plain::Plain;

/// What a number is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    /// Nothing is said.
    None,
    /// A phone number.
    Phone,
    /// The phone number of a company, which is public.
    Company,
    /// An identity card.
    Id,
    /// A bank card.
    Card,
    /// An order, a parcel, a product: no personal data, whatever it looks like.
    Code,
}

const COMPANY: &[&str] = &[
    "客服电话",
    "客服热线",
    "客服号码",
    "服务热线",
    "服务电话",
    "官方电话",
    "官方热线",
    "官方客服",
    "热线",
    "热线电话",
    "门店电话",
    "总机",
    "总部电话",
    "咨询电话",
    "投诉电话",
    "報修電話",
    "报修电话",
    "商家电话",
    "店铺电话",
    "客服電話",
    "網點電話",
    "网点电话",
    "营业厅电话",
    "酒店电话",
    "前台电话",
    "物业电话",
];

/// Names of codes.
const CODES: &[&str] = &[
    "单号",
    "單號",
    "编号",
    "編號",
    "订单号",
    "流水号",
    "凭证号",
    "取件码",
    "取货码",
    "提货码",
    "验证码",
    "校验码",
    "券码",
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
    "id",
    "no",
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
    "户号",
    "车架号",
    "vin",
    "版本号",
    "版本",
    "航班号",
    "航班",
    "车次",
    "票号",
    "代码",
    "编码",
    "备案号",
    "学号",
    "工号",
    "国药准字",
    "批准文号",
    "序号",
    "查询码",
    "合同号",
    "保单号",
    "报案号",
    "案件号",
    "受理号",
    "尾号",
    "订单尾号",
    "会员卡",
    "会员卡号",
    "礼品卡",
    "购物卡",
    "充值卡",
    "储值卡",
    "电话卡",
    "流量卡",
    "手机卡",
    "sim卡",
    "交通卡",
    "公交卡",
    "油卡",
    "加油卡",
    "门禁卡",
    "饭卡",
    "一卡通",
    "点卡",
    "卡密",
    "order",
    "order no",
    "tracking",
];

/// Nouns that a code stands right behind, or with 号, 是 or a colon between.
const CODE_NOUNS: &[&str] = &["单", "單", "订单", "訂單", "快递单", "运单", "工单", "面单"];

/// Nouns that name a code only with 号 or 码 behind them: 快递号 does, 快递 does not.
const CODE_WORDS: &[&str] = &[
    "快递",
    "快遞",
    "物流",
    "包裹",
    "发票",
    "合同",
    "案件",
    "受理",
    "申请",
    "交易",
    "参考",
    "会员卡",
    "商品",
    "机票",
    "客票",
    "电表",
    "水表",
    "燃气表",
    "发动机",
    "许可证",
    "执照",
    "房源",
    "课程",
    "任务",
    "流水",
    "凭证",
    "退款",
    "退货",
    "售后",
    "投诉",
    "报修",
    "维修",
    "服务",
    "事件",
    "批件",
    "设备",
    "产品",
    "货品",
    "保单",
];

const PHONES: &[&str] = &[
    "手机",
    "手機",
    "电话",
    "電話",
    "联系方式",
    "联系",
    "聯絡",
    "座机",
    "固话",
    "家电",
    "tel",
    "phone",
    "mobile",
    "cell",
    "致电",
    "打",
    "拨",
    "拨打",
    "回拨",
    "打给",
    "联系我",
    "打我",
    "呼叫",
    "call",
    "短信发到",
    "绑定",
    "机主",
    "主叫",
    "被叫",
    "whatsapp",
];

const IDS: &[&str] = &[
    "身份证",
    "身份證",
    "证件",
    "證件",
    "身份",
    "idcard",
    "id card",
    "公民身份",
    "驾驶证",
    "驾照",
    "shenfenzheng",
];

const CARDS: &[&str] = &[
    "银行卡",
    "銀行卡",
    "储蓄卡",
    "信用卡",
    "借记卡",
    "贷记卡",
    "工资卡",
    "卡",
    "收款卡",
    "還款卡",
    "还款卡",
    "社保金融卡",
    "bank card",
    "card",
    "尾款卡",
    "储蓄账户",
    "银行账户",
    "银行账号",
    "银行帐号",
    "收款账号",
];

/// Words between a name and its number that say that it has one.
const LINKS: &[&str] = &[
    "号码",
    "號碼",
    "号",
    "號",
    "是",
    "为",
    "為",
    ":",
    "=",
    "#",
    "码",
    "就是",
    "应该是",
];

/// Other words between a name and its number.
const BETWEEN: &[&str] = &[
    " ", "\"", "“", "'", "「", "(", "填", "写", "我", "我的", "改成", "换成", "改为", "填的",
    "写的", "留的", "用的", "+", "-", ".", "了", "这个", "一下",
];

/// Most words between a name and its number.
const MOST_BETWEEN: usize = 6;

/// What stands between a name and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Link {
    /// Nothing.
    adjacent: bool,
    /// A word that says that the name has a number.
    link: bool,
    /// 号 or 码.
    number: bool,
}

/// What a number that starts at `start` is called. Reads a few characters to the left of it.
pub(super) fn before(plain: &Plain, start: usize) -> Cue {
    let mut end = start;
    let mut link = Link {
        adjacent: true,
        link: false,
        number: false,
    };
    for _ in 0..=MOST_BETWEEN {
        if let Some(cue) = named(plain, end, link) {
            return cue;
        }
        let words = (
            plain.word_before(end, LINKS),
            plain.word_before(end, BETWEEN),
        );
        let length = match words {
            (Some(length), _) => {
                link.link = true;
                link.number |= matches!(plain.before(end), '号' | '號' | '码' | '碼');
                length
            }
            (None, Some(length)) => length,
            (None, None) => return Cue::None,
        };
        link.adjacent = false;
        end -= length;
    }
    Cue::None
}

/// The longest name that ends before `end`: 会员卡 is no 卡.
fn named(plain: &Plain, end: usize, link: Link) -> Option<Cue> {
    let lists = [
        (Cue::Code, CODES, true),
        (Cue::Code, CODE_NOUNS, link.adjacent || link.link),
        (Cue::Code, CODE_WORDS, link.number),
        (Cue::Company, COMPANY, true),
        (Cue::Phone, PHONES, true),
        (Cue::Id, IDS, true),
        (Cue::Card, CARDS, true),
    ];
    let lengths = lists
        .iter()
        .filter(|list| list.2)
        .filter_map(|(cue, words, _)| {
            let length = plain.word_before(end, words)?;
            // A Latin word is one only when no letter stands before it: `valid` is no `id`.
            let latin = plain.before(end).is_ascii_alphabetic();
            let whole = !(latin && plain.before(end - length).is_ascii_alphanumeric());
            whole.then_some((length, *cue))
        });
    lengths
        .max_by_key(|(length, _)| *length)
        .map(|(_, cue)| cue)
}
