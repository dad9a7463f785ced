//! Names of people, after words that announce one: 我叫张三, 姓名：李四.

use super::{Kind, find::Hit};
use crate::{characters::is_han, plain::Plain};

const CUES: &[&str] = &[
    "我叫",
    "名叫",
    "姓名",
    "名字",
    "收件人",
    "收货人",
    "寄件人",
    "联系人",
    "持卡人",
    "开户名",
    "户名",
    "户主",
    "患者",
    "乘客",
    "旅客",
    "投保人",
    "被保人",
    "被保险人",
    "机主",
    "乘机人",
    "入住人",
    "法人",
    "本人",
    "收件人姓名",
];
const LINKS: &[&str] = &[
    "叫",
    "是",
    "为",
    ":",
    " ",
    "改成",
    "改为",
    "换成",
    "写的",
    "填的",
    "写的是",
    "填的是",
    "姓名",
];
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔\
钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳\
翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪\
張劉陳楊黃趙吳孫馬許韓馮鄧葉蘇盧鐘譚陸賈韋鄒龍賀顧龔錢嚴湯齊喬龐顏莊聶魯";
const DOUBLE: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯",
    "歐陽",
];
/// Characters that go on with a sentence and are in no given name.
const GO_ON: &str = "我你您他她的了在是要想和与跟住电手身证号也还就都把被给吗呢吧啊很没不有这那买退来去今昨已并且但可以能请帮麻收寄从到于为：即";
/// Words that look like a name behind a cue.
const NO_NAMES: &[&str] = &[
    "安装",
    "高级",
    "金牌",
    "包车",
    "关于",
    "任何",
    "方便",
    "成功",
    "时间",
    "段子",
    "单位",
    "解除",
    "管理",
    "石油",
    "管用",
    "付款",
    "付运费",
    "付钱",
    "安排",
    "明确",
    "关闭",
    "关注",
    "成员",
    "万一",
    "时候",
    "方法",
];

pub(super) fn find(plain: &Plain, hits: &mut Vec<Hit>) {
    let mut i = 0;
    while i < plain.chars.len() {
        let found = plain
            .word_at(i, CUES)
            .and_then(|length| name(plain, after_links(plain, i + length)));
        match found {
            Some(hit) => {
                hits.push(hit);
                i = hit.end;
            }
            None => i += 1,
        }
    }
}

fn after_links(plain: &Plain, start: usize) -> usize {
    let mut at = start;
    for _ in 0..4 {
        match plain.word_at(at, LINKS) {
            Some(length) => at += length,
            None => break,
        }
    }
    at
}

/// A surname and one or two characters, with the end of the name to be seen behind them.
fn name(plain: &Plain, start: usize) -> Option<Hit> {
    let surname = match plain.word_at(start, DOUBLE) {
        Some(length) => length,
        None if SURNAMES.contains(plain.at(start)) => 1,
        None => return None,
    };
    if plain.word_at(start, NO_NAMES).is_some() {
        return None;
    }
    let given = start + surname;
    [2, 1].into_iter().find_map(|length| {
        let end = given + length;
        let is_name = (given..end).all(|i| is_han(plain.at(i)) && !GO_ON.contains(plain.at(i)));
        let ends = !is_han(plain.at(end)) || GO_ON.contains(plain.at(end));
        (is_name && ends && plain.at(end) != '*').then_some(Hit {
            kind: Kind::Name,
            start,
            end,
        })
    })
}

/// How many characters of a name are the surname.
pub(super) fn surname_length(name: &str) -> usize {
    if DOUBLE.iter().any(|double| name.starts_with(double)) {
        2
    } else {
        1
    }
}
