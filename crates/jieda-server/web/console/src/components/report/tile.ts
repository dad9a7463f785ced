/** A figure that stands by itself. */
export interface Tile {
  name: string;
  value: string;
  /** What it means, or of how much it is. */
  note: string;
  /** The value says that there is none. */
  none?: boolean;
}
