/** What the console lies below: empty, or `/t/NAME` where the service has several tenants. */
export const base = new URL("..", location.href).pathname.replace(/\/$/, "");
