/** The records of the HTTP contract, as they come over the wire. */
export type * from "./session";
export type * from "./answer";
export type * from "./handover";
export type * from "./knowledge";
export type * from "./conversation";
export type * from "./report";
export type * from "./routing";
export type * from "./quality";
