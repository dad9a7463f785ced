/** What the charts of the dashboard show. */
import type { ChartConfiguration } from "chart.js";
import type { DailyCounts } from "../../api/types";
import type { ChartTheme } from "../../components/charts/theme";

type Config = (theme: ChartTheme) => ChartConfiguration;

export const DAILY_SERIES = [
  { key: "auto_reply", label: "自动回复" },
  { key: "clarify", label: "反问澄清" },
  { key: "handoff", label: "转人工" },
  { key: "other", label: "其他" },
] as const;

/** Turns a day, stacked by decision. */
export function dailyChart(daily: DailyCounts[]): Config {
  return (theme) => ({
    type: "bar",
    data: {
      labels: daily.map((day) => day.date.slice(5)),
      datasets: DAILY_SERIES.map(({ key, label }, index) => ({
        label,
        data: daily.map((day) => day[key]),
        backgroundColor: theme.series[index] ?? theme.text,
        maxBarThickness: 36,
      })),
    },
    options: {
      scales: {
        x: { stacked: true, grid: { display: false } },
        y: { stacked: true, beginAtZero: true, ticks: { precision: 0 }, border: { display: false } },
      },
      plugins: { legend: { position: "bottom", labels: { boxWidth: 12, boxHeight: 12 } }, tooltip: { mode: "index" } },
    },
  });
}

/** One horizontal bar a name, longest first. */
export function rankedChart(rows: { label: string; count: number }[], series: number): Config {
  return (theme) => ({
    type: "bar",
    data: {
      labels: rows.map((row) => row.label),
      datasets: [
        {
          data: rows.map((row) => row.count),
          backgroundColor: theme.series[series] ?? theme.text,
          maxBarThickness: 18,
        },
      ],
    },
    options: {
      indexAxis: "y",
      scales: {
        x: { beginAtZero: true, ticks: { precision: 0 }, border: { display: false } },
        y: {
          grid: { display: false },
          ticks: { autoSkip: false, callback: (_value, index) => shortened(rows[index]?.label ?? "") },
        },
      },
      plugins: { legend: { display: false } },
    },
  });
}

/** One column a rating. */
export function ratingChart(counts: number[]): Config {
  return (theme) => ({
    type: "bar",
    data: {
      labels: counts.map((_, index) => `${index + 1} 分`),
      datasets: [{ data: counts, backgroundColor: theme.series[1] ?? theme.text, maxBarThickness: 44 }],
    },
    options: {
      scales: {
        x: { grid: { display: false } },
        y: { beginAtZero: true, ticks: { precision: 0 }, border: { display: false } },
      },
      plugins: { legend: { display: false } },
    },
  });
}

const shortened = (label: string): string => (label.length > 12 ? `${label.slice(0, 11)}…` : label);
