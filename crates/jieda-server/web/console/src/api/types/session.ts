/** Who works in the console. */

export type Role = "viewer" | "editor" | "publisher";

export interface Session {
  user: { name: string; role: Role };
  /** No user is configured: everybody on this machine is a publisher. */
  open: boolean;
  csrf: string;
}
