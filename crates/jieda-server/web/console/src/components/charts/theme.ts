/** The colours of the style sheet, for canvases; and whether motion is wanted. */

export interface ChartTheme {
  text: string;
  line: string;
  surface: string;
  series: string[];
  font: string;
  animate: boolean;
}

export function chartTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: value("--muted"),
    line: value("--line"),
    surface: value("--surface"),
    series: [1, 2, 3, 4, 5, 6, 7].map((n) => value(`--series-${n}`)),
    font: value("--font"),
    animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}

/** Calls back when the scheme changes; gives the way to stop that. */
export function onSchemeChange(callback: () => void): () => void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", callback);
  return () => query.removeEventListener("change", callback);
}
