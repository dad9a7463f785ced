/** One way to the server: JSON both ways, errors as problem documents, the CSRF token on every change. */
import { base } from "./base";
import type { Problem } from "./types";

interface ProblemDocument {
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  request_id?: string;
  errors?: { pointer: string; detail: string }[];
  problems?: Problem[];
}

/** The server refused, or could not be reached (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | null;
  readonly errors: { pointer: string; detail: string }[];
  readonly problems: Problem[];

  constructor(document: ProblemDocument) {
    super(document.detail ?? document.title ?? "请求失败");
    this.name = "ApiError";
    this.status = document.status ?? 0;
    this.code = document.code ?? "";
    this.title = document.title ?? "请求失败";
    this.detail = document.detail ?? "";
    this.requestId = document.request_id ?? null;
    this.errors = document.errors ?? [];
    this.problems = document.problems ?? [];
  }
}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  query?: Record<string, string | number | boolean | null | undefined>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  bytes?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

let csrfToken = "";
let onUnauthorized: () => void = () => undefined;

/** Sets the token that goes with every change. */
export function setCsrf(token: string): void {
  csrfToken = token;
}

/** Says what happens when a session has ended. */
export function whenUnauthorized(handler: () => void): void {
  onUnauthorized = handler;
}

/** Calls the server and reads its JSON. Rejects with an {@link ApiError}, or an `AbortError`. */
export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const response = await send(path, options);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** Calls the server and takes its bytes. Rejects like {@link call}. */
export async function download(path: string, options: Call = {}): Promise<Blob> {
  return (await send(path, options)).blob();
}

async function send(path: string, options: Call): Promise<Response> {
  const method = options.method ?? "GET";
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (method !== "GET" && csrfToken !== "") headers["X-CSRF-Token"] = csrfToken;
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.signal) init.signal = options.signal;
  if (options.json !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.json);
  } else if (options.bytes) {
    headers["Content-Type"] = "application/octet-stream";
    init.body = options.bytes;
  }
  const response = await reach(path + queryString(options.query), init);
  if (response.ok) return response;
  const error = await problemOf(response);
  if (error.status === 401 && path !== "/v1/session") onUnauthorized();
  throw error;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(base + url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({ title: "无法连接服务", detail: "请检查网络，或确认服务正在运行，然后重试。" });
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  let document: ProblemDocument = {};
  try {
    document = (await response.json()) as ProblemDocument;
  } catch {
    // A proxy in between may answer with a page of its own: the status has to say it all.
  }
  return new ApiError({
    title: `请求失败（${response.status}）`,
    ...document,
    status: response.status,
    request_id: document.request_id ?? response.headers.get("x-request-id") ?? undefined,
  } as ProblemDocument);
}

function queryString(query: Call["query"]): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
