/** What points come to, as the server reckons it. */
import type { Points, Review, ScoreSheet } from "../../api/types";

/** Points while they are given: an item that is not there was not looked at yet. */
export type Given = Partial<Points>;

export const missingIn = ({ items }: ScoreSheet, given: Given): string[] =>
  items.filter(({ id }) => given[id] === undefined).map(({ id }) => id);

/** The weighted mean of the items that apply, of 100; 0 on a fatal item is 0 of all. Nothing where none applies. */
export function scoreOf({ items, top }: ScoreSheet, given: Given): number | null {
  const applying = items.flatMap((item) => {
    const points = given[item.id];
    return points === undefined || points === null ? [] : [{ ...item, points }];
  });
  const weight = applying.reduce((sum, item) => sum + item.weight, 0);
  if (weight === 0) return null;
  if (applying.some((item) => item.fatal && item.points === 0)) return 0;
  return (applying.reduce((sum, item) => sum + (item.weight * item.points) / top, 0) / weight) * 100;
}

/** Whether it passes; what a sum of fractions loses is not held against it. */
export const passes = ({ pass }: ScoreSheet, score: number): boolean => score >= pass - 1e-9;

export const formatScore = (score: number | null): string => (score === null ? "–" : score.toFixed(1));

/** Who scored: people are written `user:主管`, programs `key:…`, whoever uses this machine where nobody signs in `anybody`. */
export const reviewerName = (name: string): string => (name === "anybody" ? "本机访问" : name.replace(/^user:/, ""));

/** The points of a review, of items that the sheet still has. */
export function givenOf({ items }: ScoreSheet, review: Review | null): Given {
  const known = items.filter(({ id }) => review !== null && id in review.scores);
  return Object.fromEntries(known.map(({ id }) => [id, review?.scores[id] ?? null]));
}
