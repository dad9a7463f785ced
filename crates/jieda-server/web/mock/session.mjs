// Sessions of the mock: open by default, or one user with a cookie.

const USER = { name: "主管", password: "demo" };

export function sessionOf({ login, role, Problem }) {
  const csrf = "csrf-of-the-mock";
  const value = () => ({ user: { name: login ? USER.name : "local", role }, open: !login, csrf });
  const signedIn = (request) => !login || /(^|; )jieda=1/.test(request.headers.cookie ?? "");
  const cookie = (text) => ({ "set-cookie": `jieda=${text}; Path=/; HttpOnly; SameSite=Strict` });

  const routes = [
    { method: "GET", path: /^\/v1\/session$/, handle: () => ({ value: value() }) },
    {
      method: "POST",
      path: /^\/v1\/session$/,
      handle: ({ json }) => {
        const { name, password } = json();
        if (name !== USER.name || password !== USER.password)
          throw new Problem(401, "wrong_password", "登录失败", "用户名或密码不对。");
        return { value: value(), headers: cookie("1") };
      },
    },
    { method: "DELETE", path: /^\/v1\/session$/, handle: () => ({ status: 204, headers: cookie("") }) },
  ];

  /** Lets through who is signed in, who has a key, and who wants to sign in. */
  function guard(request, path) {
    if (request.headers.authorization) return;
    const signingIn = path === "/v1/session" && request.method === "POST";
    if (!signedIn(request) && !signingIn) throw new Problem(401, "unauthorized", "需要登录", "会话不存在或已过期。");
    if (request.method !== "GET" && !signingIn && request.headers["x-csrf-token"] !== csrf) {
      throw new Problem(403, "csrf", "请求被拒绝", "缺少 X-CSRF-Token。");
    }
    if (role === "viewer" && request.method !== "GET" && /^\/v1\/kb/.test(path))
      throw new Problem(403, "forbidden", "没有权限", "只读角色不能修改。");
  }

  return { routes, guard };
}
