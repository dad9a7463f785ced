// Loads the widget with a key that is typed here, as a page of one's own would name it in its script tag.
const KEPT = "jieda-demo-key";
const field = document.getElementById("key");
const said = document.getElementById("said");

const given = new URLSearchParams(location.search).get("key");
if (given !== null) sessionStorage.setItem(KEPT, given);
field.value = sessionStorage.getItem(KEPT) ?? "";

const script = document.createElement("script");
script.src = new URL("jieda-chat.js", document.baseURI).href;
script.dataset.key = field.value;
script.dataset.title = "在线客服";
script.dataset.greeting = "您好，我是客服机器人，退换货、物流、优惠都可以问我。";
script.dataset.channel = "web";
document.body.append(script);

document.getElementById("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEPT, field.value.trim());
  location.href = location.pathname;
});
document.getElementById("open").addEventListener("click", () => window.jieda?.open());
document.getElementById("identify").addEventListener("click", () => {
  window.jieda?.identify({ id: "u-1024", tier: "vip" });
  said.textContent = "之后的问题会带上客户 u-1024（VIP）。";
});
document.getElementById("variables").addEventListener("click", () => {
  window.jieda?.setVariables({ order_id: "20261128001" });
  said.textContent = "之后的答案可以使用订单号 20261128001。";
});
