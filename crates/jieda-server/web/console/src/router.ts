/** Pages by address. Those with charts, and those about agents and their work, are loaded when they are opened. */
import { createRouter, createWebHashHistory, type RouteRecordRaw } from "vue-router";
import ChatPage from "./pages/chat/ChatPage.vue";
import ConversationPage from "./pages/conversations/ConversationPage.vue";
import ConversationsPage from "./pages/conversations/ConversationsPage.vue";
import GapsPage from "./pages/gaps/GapsPage.vue";
import CheckTab from "./pages/kb/CheckTab.vue";
import DiffTab from "./pages/kb/DiffTab.vue";
import FaqsTab from "./pages/kb/FaqsTab.vue";
import ImportTab from "./pages/kb/ImportTab.vue";
import KnowledgePage from "./pages/kb/KnowledgePage.vue";
import ReleasesTab from "./pages/kb/ReleasesTab.vue";

declare module "vue-router" {
  interface RouteMeta {
    /** Name of the page, for the window and for the menu. */
    title?: string;
  }
}

const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/chat" },
  { path: "/chat", component: ChatPage, meta: { title: "对话测试" } },
  {
    path: "/kb",
    component: KnowledgePage,
    meta: { title: "知识库" },
    children: [
      { path: "", name: "faqs", component: FaqsTab },
      { path: "import", component: ImportTab, meta: { title: "导入 · 知识库" } },
      { path: "check", component: CheckTab, meta: { title: "检查 · 知识库" } },
      { path: "diff", component: DiffTab, meta: { title: "差异与发布 · 知识库" } },
      { path: "releases", component: ReleasesTab, meta: { title: "版本 · 知识库" } },
    ],
  },
  { path: "/gaps", component: GapsPage, meta: { title: "未命中" } },
  { path: "/conversations", component: ConversationsPage, meta: { title: "会话" } },
  { path: "/conversations/:id", component: ConversationPage, props: true, meta: { title: "会话详情" } },
  { path: "/queues", component: () => import("./pages/queues/QueuesPage.vue"), meta: { title: "排队" } },
  { path: "/agents", component: () => import("./pages/agents/AgentsPage.vue"), meta: { title: "坐席" } },
  { path: "/figures", component: () => import("./pages/figures/FiguresPage.vue"), meta: { title: "报表" } },
  { path: "/qa", component: () => import("./pages/qa/QaPage.vue"), meta: { title: "质检" } },
  {
    path: "/qa/:id",
    component: () => import("./pages/qa/QaReviewPage.vue"),
    props: true,
    meta: { title: "打分 · 质检" },
  },
  { path: "/dashboard", component: () => import("./pages/dashboard/DashboardPage.vue"), meta: { title: "看板" } },
  { path: "/policy", component: () => import("./pages/policy/PolicyPage.vue"), meta: { title: "策略" } },
  { path: "/:rest(.*)*", redirect: "/chat" },
];

export const router = createRouter({
  history: createWebHashHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.afterEach((to, from) => {
  document.title = `${to.meta.title ?? "控制台"} · 解答`;
  // A new page begins at its heading, also for who does not see it; a filter in the address is no new page.
  if (from.matched.length > 0 && to.path !== from.path) {
    setTimeout(() => document.getElementById("main")?.focus({ preventScroll: true }));
  }
});
