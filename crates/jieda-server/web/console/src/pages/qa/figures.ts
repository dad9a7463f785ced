/** The figures of reviews as tables: the first column names, the others measure. */
import type { Agreement, QualityFigures, ReviewCounts, ScoreSheet } from "../../api/types";
import type { Tile } from "../../components/report/tile";
import { formatCount, formatShare } from "../../lib/format";
import { formatScore, reviewerName } from "./score";

export interface Table {
  title: string;
  columns: string[];
  rows: (string | { value: string; note: string })[][];
}

export const formatAlpha = ({ alpha }: Agreement): string => (alpha === null ? "–" : alpha.toFixed(2));

/** How far scores that agree so much can be relied upon, by Krippendorff's own bounds. */
export function verdict({ alpha }: Agreement): string {
  if (alpha === null) return "";
  if (alpha >= 0.8) return "可靠";
  return alpha >= 0.667 ? "勉强可用" : "需统一口径";
}

export function tilesOf(figures: QualityFigures): Tile[] {
  const { agreement } = figures;
  const none = agreement.alpha === null;
  return [
    { name: "打分", value: formatCount(figures.reviews), note: `${formatCount(figures.conversations)} 个会话` },
    { name: "平均分", value: formatScore(figures.mean), note: "满分 100" },
    { name: "合格率", value: formatShare(figures.pass_rate), note: "合格的打分" },
    {
      name: "合格判定一致",
      value: formatShare(agreement.exact),
      note: `${formatCount(agreement.units)} 个会话有多人打分`,
    },
    { name: "总分一致性 α", value: none ? "没有数据" : formatAlpha(agreement), note: verdict(agreement), none },
  ];
}

const counts = ({ reviews, mean, pass_rate }: ReviewCounts): string[] => [
  formatCount(reviews),
  formatScore(mean),
  formatShare(pass_rate),
];
const COUNTS = ["打分", "平均分", "合格率"];

export function tablesOf(figures: QualityFigures, { top }: ScoreSheet, agentName: (id: number) => string): Table[] {
  return [
    {
      title: "各评分项",
      columns: ["评分项", "打分", "平均", "一致", "α"],
      rows: figures.items.map(({ name, reviews, mean, agreement }) => [
        name,
        formatCount(reviews),
        mean === null ? "–" : `${mean.toFixed(2)} / ${top}`,
        { value: formatShare(agreement.exact, 0), note: `${formatCount(agreement.units)} 个会话` },
        { value: formatAlpha(agreement), note: verdict(agreement) },
      ]),
    },
    {
      title: "各抽检规则",
      columns: ["规则", ...COUNTS],
      rows: figures.plans.map((plan) => [plan.name, ...counts(plan)]),
    },
    {
      title: "各坐席",
      columns: ["坐席", ...COUNTS],
      rows: figures.agents.map((agent) => [agent.name ?? agentName(agent.id), ...counts(agent)]),
    },
    {
      title: "各质检员",
      columns: ["质检员", "打分", "平均分"],
      rows: figures.reviewers.map(({ name, reviews, mean }) => [
        reviewerName(name),
        formatCount(reviews),
        formatScore(mean),
      ]),
    },
  ];
}
