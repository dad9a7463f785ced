(function(){function e(t){"@babel/helpers - typeof";return e=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},e(t)}function t(t,n){if(e(t)!=`object`||!t)return t;var r=t[Symbol.toPrimitive];if(r!==void 0){var i=r.call(t,n||`default`);if(e(i)!=`object`)return i;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(n===`string`?String:Number)(t)}function n(n){var r=t(n,`string`);return e(r)==`symbol`?r:r+``}function r(e,t,r){return(t=n(t))in e?Object.defineProperty(e,t,{value:r,enumerable:!0,configurable:!0,writable:!0}):e[t]=r,e}var i=class extends Error{constructor(e,t){super(e),r(this,`status`,void 0),this.status=t}},a=[800,2e3,5e3],o=3e4,s=3e4,c=[0,409,425,429,502,503,504],l=class{constructor(e){r(this,`config`,void 0),this.config=e}ask(e,t){let{text:n,conversation:r,customer:i,variables:a,key:o}=e,s={text:n,...r===null?{}:{conversation_id:r},customer:{...i,channel:this.config.channel},variables:a};return this.post(`/v1/answer`,s,{"Idempotency-Key":o},t)}async rate(e,t,n,r){let i={conversation_id:e,turn:t,rating:n};return(await this.post(`/v1/feedback`,i,{},r)).answer}events(e,t,n){let r=`${this.config.base}/v1/conversations/${encodeURIComponent(e)}/events?after=${t}`;return fetch(r,{headers:{...this.auth(),Accept:`text/event-stream`},credentials:`omit`,signal:n})}async post(e,t,n,r){for(let o=0;;o+=1){let s=await this.send(e,t,n);if(`value`in s)return s.value;let{status:l,retryAfter:u}=s,f=a[o];if(f===void 0||!c.includes(l))throw new i(p(l),l);r(l===0?`网络不太稳定，正在重新发送…`:`当前咨询较多，正在为您排队…`),await d(u??f)}}async send(e,t,n){let r=new AbortController,i=setTimeout(()=>r.abort(),s);try{let i=await fetch(this.config.base+e,{method:`POST`,headers:{"Content-Type":`application/json`,...this.auth(),...n},body:JSON.stringify(t),credentials:`omit`,signal:r.signal});return i.ok?{value:await i.json()}:{status:i.status,retryAfter:f(i)}}catch{return{status:0,retryAfter:null}}finally{clearTimeout(i)}}auth(){return this.config.key===``?{}:{Authorization:`Bearer ${this.config.key}`}}};function u(){let e=crypto.getRandomValues(new Uint8Array(16));return Array.from(e,e=>e.toString(16).padStart(2,`0`)).join(``)}var d=e=>new Promise(t=>setTimeout(t,e));function f(e){let t=e.headers.get(`retry-after`);if(!t)return null;let n=/^\d+$/.test(t)?Number(t)*1e3:Date.parse(t)-Date.now();return Number.isNaN(n)?null:Math.min(Math.max(n,0),o)}function p(e){return e===0?`网络连接失败，消息没有发出去。`:e===429||e===503?`当前咨询人数较多，请稍后再试。`:e===401||e===403?`客服暂时无法使用，请联系网站管理员。`:e===413||e===422?`这条消息无法处理，请缩短或换个说法。`:`服务出了点问题，消息没有发出去。`}var m=()=>({conversation:null,turn:0,handedOver:!1,messages:[]}),h=class{constructor(e){r(this,`name`,void 0),this.name=e}load(){try{let e=sessionStorage.getItem(this.name);return e===null?m():{...m(),...JSON.parse(e)}}catch{return m()}}save(e){try{sessionStorage.setItem(this.name,JSON.stringify({...e,messages:e.messages.slice(-50)}))}catch{}}},g=1e3,_=3e4;async function v(e,t,n,r){let{after:i}=t,a=g;for(;!r.aborted;){try{let o=await e.events(t.conversation,i,r);if(o.status===404||o.status===401||o.status===403)return;if(o.ok&&o.body)for await(let e of y(o.body)){a=g;let t=JSON.parse(e);t.number<=i||(i=t.number,n(t))}}catch{}if(r.aborted)return;await d(a*(.75+Math.random()/2)),a=Math.min(a*2,_)}}async function*y(e){let t=e.getReader(),n=new TextDecoder,r=``,i=[];for(;;){let{done:e,value:a}=await t.read();if(e)return;r+=n.decode(a,{stream:!0});let o=r.split(`
`);r=o.pop()??``;for(let e of o){let t=e.replace(/\r$/,``);t===``&&i.length>0?(yield i.join(`
`),i=[]):t.startsWith(`data:`)&&i.push(t.slice(5).replace(/^ /,``))}}}function b(e,t={},...n){let r=document.createElement(e);for(let[e,n]of Object.entries(t))n===!0?r.setAttribute(e,``):n!==!1&&r.setAttribute(e,n);return r.append(...n),r}function x(e){let t=`http://www.w3.org/2000/svg`,n=document.createElementNS(t,`svg`);n.setAttribute(`viewBox`,`0 0 24 24`),n.setAttribute(`aria-hidden`,`true`);let r=document.createElementNS(t,`path`);return r.setAttribute(`d`,e),n.append(r),n}var S={chat:`M4 7a3 3 0 0 1 3-3h10a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-5l-5 4v-4a3 3 0 0 1-3-3zm4 2h8m-8 4h5`,close:`m6 6 12 12m0-12L6 18`,send:`M4 12 20 4.5 15.5 20l-4-6.5z`,star:`m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z`},C={customer:`您`,bot:`机器人`,agent:`人工客服`},w=class{constructor(){r(this,`element`,b(`div`,{class:`log`,role:`log`,"aria-live":`polite`,"aria-label":`对话`,tabindex:`0`})),r(this,`typing`,b(`div`,{class:`typing`,role:`status`},b(`span`,{class:`sr`},`正在输入`),b(`i`),b(`i`),b(`i`))),r(this,`wait`,b(`p`,{class:`wait`,role:`status`}))}add(e){if(e.from===`note`){this.append(b(`p`,{class:`note`},e.text));return}e.from===`agent`&&this.append(b(`p`,{class:`name`,"aria-hidden":`true`},C.agent));let t=b(`span`,{class:`sr`},`${C[e.from]}：`);this.append(b(`p`,{class:`bubble ${e.from}`},t,e.text))}addOptions(e,t){let n=b(`div`,{class:`options`,role:`group`,"aria-label":`可选的问题`},...e.map((e,n)=>{let r=b(`button`,{type:`button`},`${n+1}. ${e}`);return r.addEventListener(`click`,()=>t(n)),r}));return this.append(n),()=>n.remove()}addRating(e){let t=[1,2,3,4,5].map(n=>{let r=b(`button`,{type:`button`,"aria-label":`${n} 分`},x(S.star));return r.addEventListener(`click`,()=>{t.forEach((e,t)=>{e.classList.toggle(`on`,t<n),e.disabled=!0}),e(n)}),r}),n=b(`div`,{class:`rating`,role:`group`,"aria-label":`满意度评分`},b(`span`,{},`这个回答解决了您的问题吗？`),...t);return this.append(n),()=>n.remove()}addFailure(e,t){let n=b(`button`,{type:`button`},`重新发送`),r=b(`div`,{class:`failed`,role:`alert`},b(`span`,{},e),n);n.addEventListener(`click`,()=>{r.remove(),t()}),this.append(r)}setTyping(e){this.wait.remove(),e?this.append(this.typing):this.typing.remove()}setWait(e){this.wait.textContent=e,this.append(this.wait)}toEnd(){this.element.scrollTop=this.element.scrollHeight}append(e){this.element.append(e),this.toEnd()}},T=`
:host {
  all: initial;
  --accent: #17685a;
  --on-accent: #fff;
  --surface: #fff;
  --soft: #eef2f1;
  --text: #1a2224;
  --muted: #55626a;
  --line: #d5dcdb;
  --agent: #fbf0d6;
  --bad: #b3261e;
  --star: #b8801a;
  font: 15px/1.55 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: var(--text);
}
@media (prefers-color-scheme: dark) {
  :host {
    --accent: #63c5ae;
    --on-accent: #06201a;
    --surface: #181f21;
    --soft: #263032;
    --text: #e3e9ea;
    --muted: #9fadb1;
    --line: #394547;
    --agent: #3a2e13;
    --bad: #f2938b;
    --star: #d9ab4a;
  }
}
* { box-sizing: border-box; margin: 0; padding: 0; }
[hidden] { display: none !important; }
button, textarea { font: inherit; color: inherit; }
button { cursor: pointer; }
button:disabled { cursor: default; opacity: .55; }
:focus-visible { outline: 2px solid #0b63ce; outline-offset: 2px; }
@media (prefers-color-scheme: dark) { :focus-visible { outline-color: #7db5ff; } }
svg { display: block; width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }

.launcher {
  position: fixed; bottom: 20px; z-index: 2147483000;
  display: grid; place-items: center; width: 56px; height: 56px;
  border: 0; border-radius: 50%; background: var(--accent); color: var(--on-accent);
  box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
}
.right { right: 20px; }
.left { left: 20px; }
.launcher .dot { position: absolute; top: 2px; right: 2px; width: 14px; height: 14px; border-radius: 50%; background: var(--bad); border: 2px solid var(--surface); }

.panel {
  position: fixed; bottom: 20px; z-index: 2147483001;
  display: flex; flex-direction: column; width: 376px; height: min(600px, calc(100vh - 40px));
  border: 1px solid var(--line); border-radius: 14px; overflow: hidden;
  background: var(--surface); box-shadow: 0 10px 40px rgb(0 0 0 / 28%);
  animation: rise .16s ease-out;
}
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }
header { display: flex; align-items: center; gap: 8px; padding: 10px 8px 10px 16px; background: var(--accent); color: var(--on-accent); }
header h2 { flex: 1; font-size: 16px; font-weight: 650; }
header button { padding: 6px; border: 0; border-radius: 8px; background: none; }
header button:focus-visible { outline-color: var(--on-accent); }

.log { flex: 1; min-height: 0; overflow-y: auto; padding: 14px; display: flex; flex-direction: column; gap: 8px; overscroll-behavior: contain; }
.bubble { max-width: 85%; padding: 8px 12px; border-radius: 14px; white-space: pre-wrap; overflow-wrap: anywhere; }
.bot, .agent { align-self: flex-start; background: var(--soft); border-bottom-left-radius: 4px; }
.agent { background: var(--agent); }
.customer { align-self: flex-end; background: var(--accent); color: var(--on-accent); border-bottom-right-radius: 4px; }
.name { font-size: 12px; color: var(--muted); margin-bottom: -4px; }
.note { align-self: center; text-align: center; font-size: 13px; color: var(--muted); }
.failed { align-self: flex-end; display: flex; align-items: center; flex-wrap: wrap; justify-content: flex-end; gap: 8px; font-size: 13px; color: var(--bad); }
.options { display: flex; flex-direction: column; align-items: flex-start; gap: 6px; }
.options button, .failed button {
  padding: 6px 12px; border: 1px solid var(--accent); border-radius: 16px; background: none; color: var(--accent); text-align: left;
}
.rating { display: flex; align-items: center; flex-wrap: wrap; gap: 4px; font-size: 13px; color: var(--muted); }
.rating button { padding: 3px; border: 0; border-radius: 6px; background: none; color: var(--star); }
.rating span { flex-basis: 100%; }
.rating button:disabled { opacity: 1; }
.rating .on path { fill: currentColor; }
.typing { align-self: flex-start; display: flex; gap: 4px; padding: 13px 14px; border-radius: 14px; background: var(--soft); }
.typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); animation: blink 1.2s infinite; }
.typing i:nth-child(2) { animation-delay: .2s; }
.typing i:nth-child(3) { animation-delay: .4s; }
@keyframes blink { 0%, 60%, 100% { opacity: .3; } 30% { opacity: 1; } }
.wait { font-size: 13px; color: var(--muted); }

form { display: grid; grid-template-columns: 1fr auto; gap: 4px 8px; align-items: end; padding: 10px; border-top: 1px solid var(--line); }
textarea { width: 100%; min-height: 42px; max-height: 120px; padding: 9px 12px; border: 1px solid var(--muted); border-radius: 10px; background: var(--surface); resize: none; line-height: 1.5; }
textarea::placeholder { color: var(--muted); opacity: 1; }
form button { display: grid; place-items: center; width: 42px; height: 42px; border: 0; border-radius: 10px; background: var(--accent); color: var(--on-accent); }
.count { grid-column: 1 / -1; font-size: 12px; color: var(--muted); text-align: right; }
.count.over { color: var(--bad); font-weight: 600; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

@media (max-width: 479px) {
  .panel { left: 0; right: 0; top: var(--top, 0); bottom: auto; width: 100%; height: var(--height, 100vh); border: 0; border-radius: 0; }
  textarea { font-size: 16px; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; } }
`;function E(){let e=new CSSStyleSheet;return e.replaceSync(T),e}var D=500,O=400,k=`(max-width: 479px)`,A=class{constructor(e,t,n){r(this,`onSend`,void 0),r(this,`onOpen`,void 0),r(this,`log`,new w),r(this,`host`,b(`div`,{lang:`zh-CN`})),r(this,`launcher`,void 0),r(this,`dot`,b(`span`,{class:`dot`,hidden:!0})),r(this,`panel`,void 0),r(this,`input`,void 0),r(this,`sendButton`,void 0),r(this,`count`,b(`p`,{class:`count`,role:`status`,hidden:!0})),r(this,`waiting`,!1),this.onSend=t,this.onOpen=n,this.launcher=b(`button`,{type:`button`,class:`launcher ${e.position}`,"aria-haspopup":`dialog`,"aria-expanded":`false`},x(S.chat),this.dot),this.launcher.setAttribute(`aria-label`,`打开${e.title}`),this.input=b(`textarea`,{id:`text`,rows:`1`,placeholder:`请输入您的问题`,enterkeyhint:`send`}),this.sendButton=b(`button`,{type:`submit`,"aria-label":`发送`,disabled:!0},x(S.send));let i=b(`button`,{type:`button`,"aria-label":`关闭`},x(S.close)),a=b(`form`,{},b(`label`,{class:`sr`,for:`text`},`您的问题`),this.input,this.sendButton,this.count),o=b(`header`,{},b(`h2`,{id:`title`},e.title),i);this.panel=b(`section`,{class:`panel ${e.position}`,role:`dialog`,"aria-labelledby":`title`,hidden:!0},o,this.log.element,a),this.launcher.addEventListener(`click`,()=>this.open()),i.addEventListener(`click`,()=>this.close()),a.addEventListener(`submit`,e=>{e.preventDefault(),this.submit()}),this.input.addEventListener(`input`,()=>this.measure()),this.input.addEventListener(`keydown`,e=>this.onKey(e)),this.panel.addEventListener(`keydown`,e=>this.onPanelKey(e))}mount(){let e=this.host.attachShadow({mode:`open`});e.adoptedStyleSheets=[E()],e.append(this.launcher,this.panel),document.body.append(this.host);let t=window.visualViewport;t?.addEventListener(`resize`,()=>this.fit()),t?.addEventListener(`scroll`,()=>this.fit())}get isOpen(){return!this.panel.hidden}open(){this.isOpen||(this.panel.hidden=!1,this.launcher.hidden=!0,this.dot.hidden=!0,this.launcher.setAttribute(`aria-expanded`,`true`),this.panel.setAttribute(`aria-modal`,String(matchMedia(k).matches)),this.fit(),this.onOpen(),this.log.toEnd(),this.input.focus())}close(){this.isOpen&&(this.panel.hidden=!0,this.launcher.hidden=!1,this.launcher.setAttribute(`aria-expanded`,`false`),this.launcher.focus())}hint(){this.isOpen||(this.dot.hidden=!1)}setWaiting(e){this.waiting=e,this.measure()}focusInput(){this.input.focus()}submit(){let e=this.input.value.trim();e===``||this.input.value.length>D||this.waiting||(this.input.value=``,this.measure(),this.onSend(e))}onKey(e){e.key!==`Enter`||e.shiftKey||e.isComposing||e.keyCode===229||(e.preventDefault(),this.submit())}onPanelKey(e){e.key===`Escape`&&!e.isComposing&&(e.stopPropagation(),this.close()),e.key===`Tab`&&this.panel.getAttribute(`aria-modal`)===`true`&&this.keepInside(e)}keepInside(e){let t=[...this.panel.querySelectorAll(`button:not(:disabled), textarea, [tabindex='0']`)];(e.shiftKey?t[0]:t[t.length-1])===this.host.shadowRoot?.activeElement&&(e.preventDefault(),(e.shiftKey?t[t.length-1]:t[0])?.focus())}measure(){let{value:e}=this.input;this.sendButton.disabled=e.trim()===``||e.length>D||this.waiting,this.count.hidden=e.length<O,this.count.textContent=`${e.length} / ${D} 字`,this.count.classList.toggle(`over`,e.length>D),this.input.style.height=`auto`,this.input.style.height=`${Math.min(this.input.scrollHeight+2,120)}px`}fit(){let e=window.visualViewport;e&&(this.panel.style.setProperty(`--height`,`${e.height}px`),this.panel.style.setProperty(`--top`,`${e.offsetTop}px`),this.log.toEnd())}},j=class{constructor(e){r(this,`config`,void 0),r(this,`view`,void 0),r(this,`api`,void 0),r(this,`store`,void 0),r(this,`memory`,void 0),r(this,`customer`,{}),r(this,`variables`,{}),r(this,`leftovers`,[]),r(this,`stream`,null),r(this,`greeted`,!1),this.config=e,this.api=new l(e),this.store=new h(`jieda-chat:${e.base}:${e.channel}`),this.memory=this.store.load(),this.view=new A(e,e=>void this.ask(e),()=>this.greet())}start(){this.view.mount(),this.memory.messages.forEach(e=>this.view.log.add(e)),this.memory.handedOver&&this.listen()}identify(e){this.customer={...e}}setVariables(e){this.variables={...this.variables,...e}}greet(){this.greeted||this.memory.messages.length>0||(this.greeted=!0,this.view.log.add({from:`bot`,text:this.config.greeting}))}async ask(e){this.clearLeftovers(),this.say({from:`customer`,text:e}),await this.deliver(this.question(e))}question(e){let{conversation:t}=this.memory;return{text:e,conversation:t,customer:this.customer,variables:this.variables,key:u()}}async deliver(e){await this.waitFor(async()=>{let t=await this.send(e);t&&this.take(t)}),this.view.focusInput()}async send(e){try{return await this.api.ask(e,e=>this.view.log.setWait(e))}catch(t){if(!(t instanceof i))throw t;return t.status===404&&e.conversation!==null?(this.remember({conversation:null,turn:0,handedOver:!1}),this.send(this.question(e.text))):(this.view.log.setTyping(!1),this.view.log.addFailure(t.message,()=>void this.deliver(e)),null)}}async rate(e,t){let{conversation:n}=this.memory;n!==null&&(await this.waitFor(async()=>{try{let r=await this.api.rate(n,e,t,e=>this.view.log.setWait(e));r?this.take(r):this.say({from:`note`,text:`感谢您的评价`})}catch(e){if(!(e instanceof i))throw e;this.view.log.add({from:`note`,text:`评分没有提交成功`})}}),this.view.focusInput())}async waitFor(e){this.view.setWaiting(!0),this.view.log.setTyping(!0);try{await e()}finally{this.view.log.setTyping(!1),this.view.setWaiting(!1)}}take(e){if(this.view.log.setTyping(!1),this.remember({conversation:e.conversation_id??this.memory.conversation,turn:Math.max(e.turn,this.memory.turn)}),e.reply!==``&&this.say({from:`bot`,text:e.reply}),e.options.length>0&&this.leftovers.push(this.view.log.addOptions(e.options.map(e=>e.question),e=>void this.ask(String(e+1)))),e.ask_rating){let t=this.view.log.addRating(n=>{this.leftovers=this.leftovers.filter(e=>e!==t),this.rate(e.turn,n)});this.leftovers.push(t)}e.decision===`handoff`&&(this.say({from:`note`,text:`已转人工客服，对方的回复会显示在这里`}),this.remember({handedOver:!0}),this.listen())}listen(){let{conversation:e,turn:t}=this.memory;if(e===null||this.stream!==null)return;this.stream=new AbortController;let{signal:n}=this.stream;v(this.api,{conversation:e,after:t},e=>this.hear(e),n)}hear(e){this.remember({turn:Math.max(e.number,this.memory.turn)}),e.event===`agent_said`&&e.text&&(this.say({from:`agent`,text:e.text}),this.view.hint()),e.event===`handed_back`&&(this.say({from:`note`,text:`人工客服已结束服务，机器人继续为您解答`}),this.remember({handedOver:!1}),this.stream?.abort(),this.stream=null)}say(e){this.view.log.add(e),this.remember({messages:[...this.memory.messages,e]})}remember(e){Object.assign(this.memory,e),this.store.save(this.memory)}clearLeftovers(){this.leftovers.forEach(e=>e()),this.leftovers=[]}};function M(e){let{key:t=``,title:n=`在线客服`,greeting:r=`您好，请问有什么可以帮您？`,channel:i=`web`,position:a}=e.dataset;return{base:new URL(`..`,e.src).href.replace(/\/$/,``),key:t,title:n,greeting:r,channel:i,position:a===`left`?`left`:`right`}}var N=document.currentScript;function P(e){let t=new j(M(e));t.start(),window.jieda={open:()=>t.view.open(),close:()=>t.view.close(),identify:e=>t.identify(e),setVariables:e=>t.setVariables(e)}}N instanceof HTMLScriptElement&&!window.jieda&&(document.body?P(N):document.addEventListener(`DOMContentLoaded`,()=>P(N)))})();