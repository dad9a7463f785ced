/** Reading a risk–coverage curve, and drawing it. */
import type { ChartConfiguration, Plugin } from "chart.js";
import type { CurvePoint } from "../../api/types";
import type { ChartTheme } from "../../components/charts/theme";

/** The point at a threshold, between measured ones in a straight line; nothing for an empty curve. */
export function pointAt(points: CurvePoint[], threshold: number): CurvePoint | null {
  const sorted = [...points].sort((a, b) => a.threshold - b.threshold);
  const first = sorted[0];
  const last = sorted[sorted.length - 1];
  if (!first || !last) return null;
  if (threshold <= first.threshold) return { ...first, threshold };
  if (threshold >= last.threshold) return { ...last, threshold };
  const above = sorted.findIndex((p) => p.threshold >= threshold);
  const high = sorted[above] ?? last;
  const low = sorted[above - 1] ?? first;
  const span = high.threshold - low.threshold;
  const share = span > 0 ? (threshold - low.threshold) / span : 0;
  return {
    threshold,
    coverage: low.coverage + share * (high.coverage - low.coverage),
    risk: low.risk + share * (high.risk - low.risk),
  };
}

/** Coverage and expected share of wrong replies by threshold, with a line at the chosen one. */
export function curveChart(points: CurvePoint[], chosen: number): (theme: ChartTheme) => ChartConfiguration {
  return (theme) => {
    const line = (label: string, value: (p: CurvePoint) => number, color: string | undefined, dash: number[]) => ({
      label,
      data: points.map((p) => ({ x: p.threshold, y: value(p) * 100 })),
      borderColor: color ?? theme.text,
      backgroundColor: color ?? theme.text,
      borderDash: dash,
      borderWidth: 2,
      pointRadius: 0,
      pointHitRadius: 12,
    });
    const percent = (value: string | number): string => `${value}%`;
    return {
      type: "line",
      data: {
        datasets: [
          line("自动回复覆盖率", (p) => p.coverage, theme.series[0], []),
          line("预计答错率", (p) => p.risk, theme.series[2], [6, 4]),
        ],
      },
      options: {
        interaction: { mode: "nearest", axis: "x", intersect: false },
        scales: {
          x: { type: "linear", min: 0, max: 1, title: { display: true, text: "回复阈值" }, grid: { display: false } },
          y: { min: 0, max: 100, ticks: { callback: percent }, border: { display: false } },
        },
        plugins: {
          legend: { position: "bottom", labels: { boxWidth: 24, boxHeight: 2 } },
          tooltip: { callbacks: { label: (item) => `${item.dataset.label} ${(item.parsed.y ?? 0).toFixed(1)}%` } },
        },
      },
      plugins: [verticalLine(chosen, theme.text)],
    };
  };
}

function verticalLine(x: number, color: string): Plugin {
  return {
    id: "chosen",
    afterDatasetsDraw: ({ ctx, chartArea, scales }) => {
      const at = scales.x?.getPixelForValue(x);
      if (at === undefined) return;
      ctx.save();
      ctx.strokeStyle = color;
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.moveTo(at, chartArea.top);
      ctx.lineTo(at, chartArea.bottom);
      ctx.stroke();
      ctx.restore();
    },
  };
}
