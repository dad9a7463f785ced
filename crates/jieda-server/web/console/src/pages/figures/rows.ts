/** The figures as they are shown: names, values, and what they mean. */
import type { AbandonKind, Figures } from "../../api/types";
import type { Tile } from "../../components/report/tile";
import { formatSpan } from "../../lib/duration";
import { formatCount, formatShare } from "../../lib/format";

export const NONE = "没有数据";

export interface Row {
  name: string;
  value: string;
  /** What it means, and of how much it is. */
  note: string;
}

export interface Section {
  title: string;
  rows: Row[];
}

const span = (value: number | null): string => (value === null ? NONE : formatSpan(value));
const share = (value: number | null): string => (value === null ? NONE : formatShare(value));
const level = ({ service_levels: levels }: Figures, within: number): string =>
  share(levels.find((target) => target.within_s === within)?.share ?? null);
/** Who gave up was with nobody: of an agent nothing can be said. */
const gaveUp = ({ abandonment }: Figures, kind: AbandonKind): string => share(abandonment?.[kind] ?? null);
const of = (n: number, unit: string): string => `共 ${formatCount(n)} ${unit}`;

export function tilesOf(figures: Figures): Tile[] {
  const rows: Row[] = [
    {
      name: "接起",
      value: figures.contacts === 0 ? NONE : formatCount(figures.accepted),
      note: figures.contacts === 0 ? "" : `共 ${formatCount(figures.contacts)} 次等待`,
    },
    { name: "平均应答速度 ASA", value: span(figures.asa_s), note: "接起一次平均要等" },
    { name: "服务水平 80/20", value: level(figures, 20), note: "20 秒内接起，目标 80%" },
    { name: "放弃率", value: gaveUp(figures, "all"), note: "没等到就离开" },
    { name: "平均首响 FRT", value: span(figures.frt_s), note: "到坐席第一句话" },
    { name: "平均处理时长 AHT", value: span(figures.handling_s), note: "接待加话后处理" },
    {
      name: "满意度 CSAT",
      value: figures.csat === null ? NONE : `${figures.csat.toFixed(2)} / 5`,
      note: figures.ratings === 0 ? "" : `${formatCount(figures.ratings)} 次评分`,
    },
    { name: "工时利用率", value: share(figures.occupancy), note: "在岗时间里有接待的" },
  ];
  return rows.map((row) => ({ ...row, none: row.value === NONE }));
}

export function sectionsOf(figures: Figures): Section[] {
  const waits = figures.contacts === 0 ? NONE : null;
  return [
    {
      title: "等待",
      rows: [
        { name: "等待次数", value: waits ?? formatCount(figures.contacts), note: "接起和放弃的，转到别的组再算一次" },
        { name: "接起", value: waits ?? formatCount(figures.accepted), note: "坐席接起的次数" },
        {
          name: "放弃",
          value: waits ?? (figures.abandoned === null ? NONE : formatCount(figures.abandoned)),
          note: "接起之前客户离开的次数",
        },
        {
          name: "平均应答速度 ASA",
          value: span(figures.asa_s),
          note: "所有等待的时间之和 ÷ 接起次数，放弃的等待也算在内",
        },
        { name: "平均等待 AWT", value: span(figures.awt_s), note: "接起的客户平均等了多久" },
        { name: "平均放弃时间 ATA", value: span(figures.ata_s), note: "放弃的客户平均等了多久才离开" },
        { name: "服务水平 20 秒", value: level(figures, 20), note: "20 秒内接起的占全部等待，常用目标 80% 或 90%" },
        { name: "服务水平 40 秒", value: level(figures, 40), note: "40 秒内接起的占全部等待，常用目标 70%" },
        { name: "服务水平 60 秒", value: level(figures, 60), note: "60 秒内接起的占全部等待，常用目标 60%" },
        { name: "放弃率", value: gaveUp(figures, "all"), note: "放弃的占全部等待，下面四种之和" },
        { name: "其中 5 秒内离开", value: gaveUp(figures, "short"), note: "多半是误触，不是等不及" },
        {
          name: "其中转接后放弃",
          value: gaveUp(figures, "passed_on"),
          note: "坐席转到别的组以后，没等到就离开",
        },
        { name: "其中派单时放弃", value: gaveUp(figures, "offered"), note: "已派给坐席、还没接起时离开" },
        { name: "其中排队时放弃", value: gaveUp(figures, "waiting"), note: "一直在排队，没等到就离开" },
      ],
    },
    {
      title: "接待",
      rows: [
        {
          name: "结束的接待",
          value: figures.ended === 0 ? NONE : formatCount(figures.ended),
          note: "这段时间里结束的，包括转出的",
        },
        { name: "平均处理时长 AHT", value: span(figures.handling_s), note: "平均接待时长 + 平均话后处理" },
        { name: "平均接待时长 ATT", value: span(figures.talk_s), note: "从接起到结束，包括保持" },
        { name: "平均保持", value: span(figures.hold_s), note: "接待中请客户稍候的时间" },
        { name: "话后处理 ACW", value: span(figures.acw_s), note: "结束以后的整理时间，还在整理的不算" },
        { name: "转接率", value: share(figures.transfer_rate), note: "转到别的组的占结束的接待" },
        { name: "工时利用率", value: share(figures.occupancy), note: "有接待或在整理的时间 ÷ 在岗时间，小休不算在岗" },
      ],
    },
    {
      title: "服务",
      rows: [
        {
          name: "平均首响 FRT",
          value: span(figures.frt_s),
          note: `从转人工到坐席第一句话，${of(figures.responses, "个工单")}`,
        },
        {
          name: "平均解决时长 ART",
          value: span(figures.art_s),
          note: `从转人工到解决，${of(figures.resolved, "个解决的工单")}`,
        },
        {
          name: "自助解决率",
          value: share(figures.automatic_resolution),
          note: `没有转人工就解决的，${of(figures.conversations, "个会话")}`,
        },
        {
          name: "满意度 CSAT",
          value: figures.csat === null ? NONE : `${figures.csat.toFixed(2)} / 5`,
          note: `评分的平均，${of(figures.ratings, "次评分")}`,
        },
        { name: "满意率", value: share(figures.satisfied), note: "4 分和 5 分的占全部评分" },
      ],
    },
  ];
}
