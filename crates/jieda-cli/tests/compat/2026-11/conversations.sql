--
-- PostgreSQL database dump
--

\restrict 1FkeOOC9p8hwsaNS6JpHaRgn8T5w5y10hF7rcIZSNUR9qapWDFmhqY1ifvtUm03

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: _sqlx_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);


--
-- Name: bookmark; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bookmark (
    reader text NOT NULL,
    number bigint NOT NULL
);


--
-- Name: conversation; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.conversation (
    id text NOT NULL,
    opened bigint NOT NULL,
    updated bigint NOT NULL,
    customer text NOT NULL,
    channel text,
    last_turn bigint NOT NULL,
    release text,
    handed_over text,
    state text NOT NULL,
    CONSTRAINT conversation_last_turn_check CHECK ((last_turn >= 1))
);


--
-- Name: feedback; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.feedback (
    id bigint NOT NULL,
    conversation text NOT NULL,
    turn bigint,
    at bigint NOT NULL,
    rating bigint,
    outcome text,
    comment text
);


--
-- Name: feedback_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.feedback ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.feedback_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: handover; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.handover (
    conversation text NOT NULL,
    turn bigint NOT NULL,
    package text NOT NULL
);


--
-- Name: journal; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.journal (
    name text NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    body text NOT NULL,
    CONSTRAINT journal_number_check CHECK ((number >= 1))
);


--
-- Name: turn; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.turn (
    id bigint NOT NULL,
    conversation text NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    customer text NOT NULL,
    channel text,
    event text NOT NULL,
    text text,
    variables text,
    rating bigint,
    reply text,
    decision text,
    verdict text,
    reason text,
    faq text,
    confidence double precision,
    rule text,
    availability text,
    release text,
    policy text,
    latency bigint,
    trace text,
    state text NOT NULL,
    variant text,
    request text,
    CONSTRAINT turn_number_check CHECK ((number >= 1))
);


--
-- Name: turn_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.turn ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.turn_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Data for Name: _sqlx_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public._sqlx_migrations VALUES (1, 'store', '2026-11-30 16:54:37.953832+00', true, '\x3b449d5f21f0cc51a8fa2f6dc60c99e2566e39f1bc88d3006ae579fe403991f3915e3c8556e0a5feac5ffd68a8c612c9', 103109561);


--
-- Data for Name: bookmark; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.bookmark VALUES ('routing.rules', 1);


--
-- Data for Name: conversation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.conversation VALUES ('fixture-1', 1796057682184374, 1796057682291661, '{"id":"u-1","tier":"VIP","channel":"app"}', 'app', 2, '20261130-165425-40c813', NULL, '{"turns":2,"consecutive_failures":0,"clarifications":2,"replies":0,"last_faq":null,"last_intent":null,"last_confidence":null,"awaiting":{"for":"choice","options":[{"faq":"ec-003","question":"已经发货的订单还能取消吗"}]},"topic":{"text":"怎么退货","faq":null},"intents":[{"id":"order_manage","confidence":0.9998}],"tried":[{"faq":"ec-003","confidence":0.3865,"outcome":"not_chosen"},{"faq":"ec-002","confidence":0.3865,"outcome":"not_chosen"},{"faq":"ec-003","confidence":0.8403,"outcome":"offered"}],"slots":{},"asked_values":[],"rating":null,"handed_over":null}');
INSERT INTO public.conversation VALUES ('fixture-2', 1796057682472721, 1796057682548306, '{"id":null,"tier":null,"channel":null}', NULL, 2, '20261130-165425-40c813', 'human_request', '{"turns":1,"consecutive_failures":0,"clarifications":0,"replies":0,"last_faq":null,"last_intent":null,"last_confidence":null,"awaiting":{"for":"nothing"},"topic":null,"intents":[{"id":"human_request","confidence":0.999}],"tried":[],"slots":{},"asked_values":[],"rating":null,"handed_over":"human_request"}');


--
-- Data for Name: feedback; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.feedback OVERRIDING SYSTEM VALUE VALUES (1, 'fixture-1', NULL, 1796057682346262, NULL, 'solved', '谢谢');


--
-- Data for Name: handover; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.handover VALUES ('fixture-2', 1, '{"conversation":"fixture-2","customer":{"id":null,"tier":null,"channel":null},"reason":"human_request","rule":"human_request","availability":"now","intents":[{"id":"human_request","name":"要求人工","confidence":0.999}],"tried":[],"consecutive_failures":0,"satisfaction":null,"skill":null,"ticket":{"kind":"要求人工","urgency":"普通","summary":"转人工","fields":[]},"history":[{"speaker":"customer","text":"转人工","decision":"handoff"},{"speaker":"bot","text":"好的，正在为您转接人工客服，请稍等。您前面说的内容会一并转给客服，不需要再重复。"}],"faqs":[{"id":"ec-004","question":"下单后怎么修改收货地址","answer":"订单未发货前可自行修改：进入订单详情，点收货信息旁的“修改”，更新姓名、电话或地址后保存，每单限改一次，且不能跨配送区域。若页面没有该按钮，说明已进入打包环节，可取消后重新下单。"},{"id":"ec-001","question":"怎么查看我的订单","answer":"打开App点右下角“我的”-“全部订单”，可按待付款、待发货、待收货筛选，也能用商品名或订单号搜索。三个月前的订单点“更早订单”查看。若找不到，请确认登录的是下单时用的账号。"},{"id":"ec-003","question":"已经发货的订单还能取消吗","answer":"已出库的订单无法直接取消。您可以在订单页申请“仅退款-拦截快递”，物流会尝试拦截，成功后1至3天退款；如果拦截失败，快递上门时拒收即可，包裹退回仓库验收后为您退款，部分商品可能产生往返运费。"}],"similar":[]}');


--
-- Data for Name: journal; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.journal VALUES ('routing', 1, 1796057678085000, '{"entry":"rules","at":"2026-11-30T16:54:38.085Z","toml":"default_group = \"综合\"\ntimezone = \"Asia/Shanghai\"\n\n[after_work]\nmost = \"60s\"\n\n[alarms]\nfollow_up = \"30m\"\nqueue = 20\nqueue_clear = 15\nsilent = \"2m\"\n\n[alarms.overdue]\n\"普通\" = \"24h\"\n\"特急\" = \"1h\"\n\"紧急\" = \"4h\"\n\n[alarms.wait]\n\"普通\" = \"15m\"\n\"特急\" = \"2m\"\n\"紧急\" = \"5m\"\n\n[choice]\nby = \"least_loaded\"\nseed = 1\nsticky_within = \"24h\"\n\n[degraded]\nkey_channels = [\"app\", \"phone\"]\n\n[escalation]\nrefusals = 2\nreserve = 1\nsenior = 4\n\n[escalation.after]\n\"普通\" = \"10m\"\n\"特急\" = \"1m\"\n\"紧急\" = \"4m\"\n\n[[groups]]\nlevel = 1\nname = \"综合\"\noverflow = [\"售后\", \"售前\"]\nskills = [\"客服\", \"咨询\"]\ntags = [\"咨询\"]\n\n[[groups]]\nlevel = 1\nname = \"售前\"\noverflow = [\"综合\"]\nskills = [\"售前组\", \"导购\"]\ntags = [\"商品\", \"优惠\", \"活动\"]\n\n[[groups]]\nlevel = 1\nname = \"售后\"\noverflow = [\"综合\"]\nskills = [\"售后组\", \"退换货\", \"退款\"]\ntags = [\"退货\", \"换货\", \"退款\", \"维修\"]\n\n[[groups]]\nlevel = 1\nname = \"物流\"\noverflow = [\"综合\", \"售后\"]\nskills = [\"物流组\", \"配送\"]\ntags = [\"物流\", \"快递\", \"配送\"]\n\n[[groups]]\nlevel = 1\nname = \"账户\"\noverflow = [\"综合\"]\nskills = [\"账户组\", \"支付\"]\ntags = [\"账户\", \"支付\", \"发票\", \"账单\"]\n\n[[groups]]\nlevel = 2\nname = \"投诉\"\noverflow = [\"售后\"]\nskills = [\"投诉组\"]\ntags = [\"投诉\"]\n\n[[groups]]\nlevel = 2\nname = \"风控\"\noverflow = [\"账户\"]\nskills = [\"风控组\", \"反欺诈\"]\ntags = [\"盗刷\", \"诈骗\", \"冻结\"]\n\n[[groups]]\nlevel = 2\nname = \"应急\"\noverflow = [\"投诉\", \"风控\"]\nskills = [\"应急组\", \"安全\"]\ntags = [\"安全\"]\n\n[limits]\nconcurrent = 8\n\n[offer]\nmisses = 2\npause = \"2m\"\ntimeout = \"30s\"\n\n[overflow.after]\n\"普通\" = \"5m\"\n\"特急\" = \"30s\"\n\"紧急\" = \"2m\"\n\n[priority]\nageing = \"15m\"\nvip = \"3m\"\nvip_tiers = [\"VIP\", \"贵宾\", \"白金\", \"钻石\", \"黑金\", \"私人银行\"]\n\n[priority.urgency]\n\"普通\" = \"0s\"\n\"特急\" = \"12m\"\n\"紧急\" = \"6m\"\n"}');
INSERT INTO public.journal VALUES ('routing', 2, 1796057682411000, '{"entry":"event","event":{"at":"2026-11-30T16:54:42.411Z","kind":"agent_registered","agent":{"id":7,"name":"小王","skills":{"综合":3},"capacity":2,"languages":[],"channels":[],"shifts":[]}},"applied":{"due":[],"led_to":[],"verdict":{"Ok":null}}}');
INSERT INTO public.journal VALUES ('routing', 3, 1796057682495000, '{"entry":"event","event":{"at":"2026-11-30T16:54:42.495Z","kind":"ticket_arrived","ticket":{"id":3,"skill":null,"tags":[],"urgency":"普通","tier":null,"channel":null,"language":null,"last_contact":null}},"applied":{"due":[],"led_to":[{"at":"2026-11-30T16:54:42.495Z","action":"queued","ticket":3,"group":"综合","why":{"because":"nobody_free"}}],"verdict":{"Ok":null}},"conversation":"fixture-2"}');


--
-- Data for Name: turn; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.turn OVERRIDING SYSTEM VALUE VALUES (1, 'fixture-1', 1, 1796057682184374, '{"id":"u-1","tier":"VIP","channel":"app"}', 'app', 'said', '怎么退货', NULL, NULL, '请问您想了解的是下面哪一个？
1. 还没发货怎么取消订单
2. 已经发货的订单还能取消吗
回复序号即可；如果都不是，请换个说法告诉我。', 'clarify', '{"decision":"clarify","options":[{"faq":"ec-002","question":"还没发货怎么取消订单"},{"faq":"ec-003","question":"已经发货的订单还能取消吗"}]}', 'low_confidence', NULL, 0.3864908310210422, 'ambiguous', NULL, '20261130-165425-40c813', '7d22bc2579fb', 1981, '{"rule":"ambiguous","normalized":"怎么退货","reading":"alone","tokens":["怎么","退货"],"truncated_tokens":0,"features":{"agreement":0.5,"covered":0.0338,"crowd":1.9122,"grams":0.6265,"intent":1.0,"length":1.3863,"margin":0.2992,"score":1.2072,"vector_answer":1.2823,"vector_best":0.5945,"vector_margin":0.0574,"vector_mean":1.2731,"words":1.3485},"intent_evidence":[],"missing_variables":[],"vector_top":"ec-002","lexical_top":"ec-003","thresholds":{"reply":0.86,"clarify":0.2,"matched":0.5,"clarify_limit":3},"intents":[{"id":"order_manage","name":"订单管理","confidence":0.9994},{"id":"thanks","name":"thanks","confidence":0.0001},{"id":"human_request","name":"要求人工","confidence":0.0001}],"candidates":[{"faq":"ec-002","question":"还没发货怎么取消订单","score":1.2072,"intent":"order_manage","matched":"下单后不想要了怎么撤销","context":0.0,"parts":[{"signal":"vector_best","raw":0.5945,"normalized":1.3329,"weight":0.3077,"contribution":0.4101},{"signal":"vector_mean","raw":0.5231,"normalized":1.2731,"weight":0.2178,"contribution":0.2773},{"signal":"vector_answer","raw":0.4357,"normalized":1.2823,"weight":0.307,"contribution":0.3937},{"signal":"words_question","raw":0.1213,"normalized":1.3485,"weight":0.0,"contribution":0.0},{"signal":"grams_question","raw":1.2146,"normalized":0.1895,"weight":0.0,"contribution":0.0},{"signal":"words_all","raw":0.1196,"normalized":1.1604,"weight":0.0396,"contribution":0.046},{"signal":"grams_all","raw":1.0535,"normalized":0.6265,"weight":0.1279,"contribution":0.0801}]},{"faq":"ec-003","question":"已经发货的订单还能取消吗","score":0.908,"intent":"order_manage","matched":"商品发出后能取消订单吗","context":0.0,"parts":[{"signal":"vector_best","raw":0.5371,"normalized":0.8565,"weight":0.3077,"contribution":0.2635},{"signal":"vector_mean","raw":0.489,"normalized":0.9587,"weight":0.2178,"contribution":0.2088},{"signal":"vector_answer","raw":0.4042,"normalized":0.9186,"weight":0.307,"contribution":0.282},{"signal":"words_question","raw":0.0845,"normalized":-1.0113,"weight":0.0,"contribution":-0.0},{"signal":"grams_question","raw":2.3271,"normalized":1.6619,"weight":0.0,"contribution":0.0},{"signal":"words_all","raw":0.087,"normalized":-0.8534,"weight":0.0396,"contribution":-0.0338},{"signal":"grams_all","raw":1.3379,"normalized":1.4652,"weight":0.1279,"contribution":0.1874}]},{"faq":"ec-001","question":"怎么查看我的订单","score":-0.3312,"intent":"order_manage","matched":"订单在哪里能找到","context":0.0,"parts":[{"signal":"vector_best","raw":0.4158,"normalized":-0.1505,"weight":0.3077,"contribution":-0.0463},{"signal":"vector_mean","raw":0.3606,"normalized":-0.2244,"weight":0.2178,"contribution":-0.0489},{"signal":"vector_answer","raw":0.3104,"normalized":-0.1637,"weight":0.307,"contribution":-0.0503},{"signal":"words_question","raw":0.095,"normalized":-0.3371,"weight":0.0,"contribution":-0.0},{"signal":"grams_question","raw":0.2888,"normalized":-1.0358,"weight":0.0,"contribution":-0.0},{"signal":"words_all","raw":0.0909,"normalized":-0.6118,"weight":0.0396,"contribution":-0.0242},{"signal":"grams_all","raw":0.4127,"normalized":-1.2632,"weight":0.1279,"contribution":-0.1616}]}],"timings_ms":{"segment":0.055,"encode":1.443,"search":0.0835,"classify":0.2908,"context":0.0371,"decide":0.0627,"total":1.9817}}', '{"turns":1,"consecutive_failures":1,"clarifications":1,"replies":0,"last_faq":null,"last_intent":null,"last_confidence":null,"awaiting":{"for":"choice","options":[{"faq":"ec-002","question":"还没发货怎么取消订单"},{"faq":"ec-003","question":"已经发货的订单还能取消吗"}]},"topic":{"text":"怎么退货","faq":null},"intents":[{"id":"order_manage","confidence":0.9994}],"tried":[{"faq":"ec-003","confidence":0.3865,"outcome":"offered"},{"faq":"ec-002","confidence":0.3865,"outcome":"offered"}],"slots":{},"asked_values":[],"rating":null,"handed_over":null}', NULL, NULL);
INSERT INTO public.turn OVERRIDING SYSTEM VALUE VALUES (2, 'fixture-1', 2, 1796057682291661, '{"id":"u-1","tier":"VIP","channel":"app"}', 'app', 'said', '那运费谁出', NULL, NULL, '请问您想问的是“已经发货的订单还能取消吗”吗？回复“是”或者换个说法告诉我都可以。', 'clarify', '{"decision":"clarify","options":[{"faq":"ec-003","question":"已经发货的订单还能取消吗"}]}', 'low_confidence', NULL, 0.8402794000456025, 'likely', NULL, '20261130-165425-40c813', '7d22bc2579fb', 6341, '{"rule":"likely","normalized":"那运费谁出","reading":"with_topic","tokens":["那","运费","谁","出"],"truncated_tokens":0,"features":{"agreement":0.5,"covered":0.1568,"crowd":2.6789,"grams":1.9803,"intent":1.0,"length":1.6094,"margin":1.3709,"score":1.8815,"vector_answer":1.1495,"vector_best":0.4358,"vector_margin":-0.0068,"vector_mean":0.5134,"words":0.0},"intent_evidence":[],"missing_variables":[],"vector_top":"ec-004","lexical_top":"ec-003","thresholds":{"reply":0.86,"clarify":0.2,"matched":0.5,"clarify_limit":3},"intents":[{"id":"order_manage","name":"订单管理","confidence":0.9998},{"id":"fraud_loss","name":"fraud_loss","confidence":0.0},{"id":"vulnerable","name":"vulnerable","confidence":0.0}],"candidates":[{"faq":"ec-003","question":"已经发货的订单还能取消吗","score":1.8815,"intent":"order_manage","matched":"运输途中不想要了怎么办","context":0.8775,"parts":[{"signal":"vector_best","raw":0.4358,"normalized":0.672,"weight":0.3077,"contribution":0.2068},{"signal":"vector_mean","raw":0.3864,"normalized":0.5134,"weight":0.2178,"contribution":0.1118},{"signal":"vector_answer","raw":0.4283,"normalized":1.1495,"weight":0.307,"contribution":0.3529},{"signal":"words_question","raw":0.0,"normalized":0.0,"weight":0.0,"contribution":0.0},{"signal":"grams_question","raw":2.6939,"normalized":2.0,"weight":0.0,"contribution":0.0},{"signal":"words_all","raw":1.3863,"normalized":2.0,"weight":0.0396,"contribution":0.0792},{"signal":"grams_all","raw":5.8894,"normalized":1.9803,"weight":0.1279,"contribution":0.2533}]},{"faq":"ec-004","question":"下单后怎么修改收货地址","score":0.5106,"intent":"order_manage","matched":"下单后怎么修改收货地址","context":-0.0717,"parts":[{"signal":"vector_best","raw":0.4426,"normalized":0.7644,"weight":0.3077,"contribution":0.2352},{"signal":"vector_mean","raw":0.4229,"normalized":1.0216,"weight":0.2178,"contribution":0.2225},{"signal":"vector_answer","raw":0.3953,"normalized":0.7143,"weight":0.307,"contribution":0.2193},{"signal":"words_question","raw":0.0,"normalized":0.0,"weight":0.0,"contribution":0.0},{"signal":"grams_question","raw":0.0,"normalized":-0.5,"weight":0.0,"contribution":-0.0},{"signal":"words_all","raw":0.0,"normalized":-0.5,"weight":0.0396,"contribution":-0.0198},{"signal":"grams_all","raw":0.0,"normalized":-0.5855,"weight":0.1279,"contribution":-0.0749}]},{"faq":"ec-001","question":"怎么查看我的订单","score":0.0977,"intent":"order_manage","matched":"订单在哪里能找到","context":-0.4339,"parts":[{"signal":"vector_best","raw":0.4516,"normalized":0.8876,"weight":0.3077,"contribution":0.2731},{"signal":"vector_mean","raw":0.4122,"normalized":0.8723,"weight":0.2178,"contribution":0.19},{"signal":"vector_answer","raw":0.3815,"normalized":0.5316,"weight":0.307,"contribution":0.1632},{"signal":"words_question","raw":0.0,"normalized":0.0,"weight":0.0,"contribution":0.0},{"signal":"grams_question","raw":0.0,"normalized":-0.5,"weight":0.0,"contribution":-0.0},{"signal":"words_all","raw":0.0,"normalized":-0.5,"weight":0.0396,"contribution":-0.0198},{"signal":"grams_all","raw":0.0,"normalized":-0.5855,"weight":0.1279,"contribution":-0.0749}]}],"timings_ms":{"segment":0.0812,"encode":1.4756,"search":0.0647,"classify":0.2797,"context":4.3683,"decide":0.0698,"total":6.3414}}', '{"turns":2,"consecutive_failures":0,"clarifications":2,"replies":0,"last_faq":null,"last_intent":null,"last_confidence":null,"awaiting":{"for":"choice","options":[{"faq":"ec-003","question":"已经发货的订单还能取消吗"}]},"topic":{"text":"怎么退货","faq":null},"intents":[{"id":"order_manage","confidence":0.9998}],"tried":[{"faq":"ec-003","confidence":0.3865,"outcome":"not_chosen"},{"faq":"ec-002","confidence":0.3865,"outcome":"not_chosen"},{"faq":"ec-003","confidence":0.8403,"outcome":"offered"}],"slots":{},"asked_values":[],"rating":null,"handed_over":null}', NULL, NULL);
INSERT INTO public.turn OVERRIDING SYSTEM VALUE VALUES (3, 'fixture-2', 1, 1796057682472721, '{"id":null,"tier":null,"channel":null}', NULL, 'said', '转人工', NULL, NULL, '好的，正在为您转接人工客服，请稍等。您前面说的内容会一并转给客服，不需要再重复。', 'handoff', '{"decision":"handoff","reason":"human_request"}', 'human_request', NULL, 0.4369578648068292, 'human_request', '"now"', '20261130-165425-40c813', '7d22bc2579fb', 1434, '{"rule":"human_request","normalized":"转人工","reading":"alone","tokens":["转","人工"],"truncated_tokens":0,"features":{"agreement":1.0,"covered":0.0,"crowd":1.9712,"grams":2.0,"intent":1.0,"length":1.0986,"margin":0.9457,"score":1.3719,"vector_answer":1.4958,"vector_best":0.4638,"vector_margin":0.0683,"vector_mean":1.3481,"words":0.0},"intent_evidence":[],"missing_variables":[],"vector_top":"ec-004","lexical_top":"ec-004","thresholds":{"reply":0.86,"clarify":0.2,"matched":0.5,"clarify_limit":3},"intents":[{"id":"human_request","name":"要求人工","confidence":0.999},{"id":"smalltalk","name":"smalltalk","confidence":0.0001},{"id":"safety","name":"safety","confidence":0.0001}],"candidates":[{"faq":"ec-004","question":"下单后怎么修改收货地址","score":1.3719,"intent":"order_manage","matched":"订单收货信息能修改吗","context":0.0,"parts":[{"signal":"vector_best","raw":0.4638,"normalized":1.1806,"weight":0.3077,"contribution":0.3633},{"signal":"vector_mean","raw":0.4492,"normalized":1.3481,"weight":0.2178,"contribution":0.2936},{"signal":"vector_answer","raw":0.4189,"normalized":1.4958,"weight":0.307,"contribution":0.4592},{"signal":"words_question","raw":0.0,"normalized":0.0,"weight":0.0,"contribution":0.0},{"signal":"grams_question","raw":1.3202,"normalized":2.0,"weight":0.0,"contribution":0.0},{"signal":"words_all","raw":0.0,"normalized":0.0,"weight":0.0396,"contribution":0.0},{"signal":"grams_all","raw":1.4285,"normalized":2.0,"weight":0.1279,"contribution":0.2558}]},{"faq":"ec-001","question":"怎么查看我的订单","score":0.4262,"intent":"order_manage","matched":"我的订单入口在哪","context":0.0,"parts":[{"signal":"vector_best","raw":0.3955,"normalized":0.5426,"weight":0.3077,"contribution":0.167},{"signal":"vector_mean","raw":0.3689,"normalized":0.5684,"weight":0.2178,"contribution":0.1238},{"signal":"vector_answer","raw":0.3377,"normalized":0.6495,"weight":0.307,"contribution":0.1994},{"signal":"words_question","raw":0.0,"normalized":0.0,"weight":0.0,"contribution":0.0},{"signal":"grams_question","raw":0.0,"normalized":-0.5,"weight":0.0,"contribution":-0.0},{"signal":"words_all","raw":0.0,"normalized":0.0,"weight":0.0396,"contribution":0.0},{"signal":"grams_all","raw":0.0,"normalized":-0.5,"weight":0.1279,"contribution":-0.064}]},{"faq":"ec-003","question":"已经发货的订单还能取消吗","score":0.0535,"intent":"order_manage","matched":"运输途中不想要了怎么办","context":0.0,"parts":[{"signal":"vector_best","raw":0.3822,"normalized":0.418,"weight":0.3077,"contribution":0.1286},{"signal":"vector_mean","raw":0.3151,"normalized":0.0453,"weight":0.2178,"contribution":0.0099},{"signal":"vector_answer","raw":0.2689,"normalized":-0.0685,"weight":0.307,"contribution":-0.021},{"signal":"words_question","raw":0.0,"normalized":0.0,"weight":0.0,"contribution":0.0},{"signal":"grams_question","raw":0.0,"normalized":-0.5,"weight":0.0,"contribution":-0.0},{"signal":"words_all","raw":0.0,"normalized":0.0,"weight":0.0396,"contribution":0.0},{"signal":"grams_all","raw":0.0,"normalized":-0.5,"weight":0.1279,"contribution":-0.064}]}],"timings_ms":{"segment":0.0499,"encode":1.1062,"search":0.0501,"classify":0.1654,"context":0.0298,"decide":0.031,"total":1.4341}}', '{"turns":1,"consecutive_failures":0,"clarifications":0,"replies":0,"last_faq":null,"last_intent":null,"last_confidence":null,"awaiting":{"for":"nothing"},"topic":null,"intents":[{"id":"human_request","confidence":0.999}],"tried":[],"slots":{},"asked_values":[],"rating":null,"handed_over":"human_request"}', NULL, NULL);
INSERT INTO public.turn OVERRIDING SYSTEM VALUE VALUES (4, 'fixture-2', 2, 1796057682548306, '{"id":null,"tier":null,"channel":null}', NULL, 'agent_said', '您好，我是小王', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{"turns":1,"consecutive_failures":0,"clarifications":0,"replies":0,"last_faq":null,"last_intent":null,"last_confidence":null,"awaiting":{"for":"nothing"},"topic":null,"intents":[{"id":"human_request","confidence":0.999}],"tried":[],"slots":{},"asked_values":[],"rating":null,"handed_over":"human_request"}', NULL, NULL);


--
-- Name: feedback_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.feedback_id_seq', 1, true);


--
-- Name: turn_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.turn_id_seq', 4, true);


--
-- Name: _sqlx_migrations _sqlx_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);


--
-- Name: bookmark bookmark_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bookmark
    ADD CONSTRAINT bookmark_pkey PRIMARY KEY (reader);


--
-- Name: conversation conversation_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_pkey PRIMARY KEY (id);


--
-- Name: feedback feedback_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_pkey PRIMARY KEY (id);


--
-- Name: handover handover_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.handover
    ADD CONSTRAINT handover_pkey PRIMARY KEY (conversation, turn);


--
-- Name: journal journal_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (name, number);


--
-- Name: turn turn_conversation_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.turn
    ADD CONSTRAINT turn_conversation_number_key UNIQUE (conversation, number);


--
-- Name: turn turn_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.turn
    ADD CONSTRAINT turn_pkey PRIMARY KEY (id);


--
-- Name: conversation_opened; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX conversation_opened ON public.conversation USING btree (opened, id);


--
-- Name: conversation_updated; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX conversation_updated ON public.conversation USING btree (updated);


--
-- Name: feedback_conversation; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX feedback_conversation ON public.feedback USING btree (conversation);


--
-- Name: turn_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX turn_at ON public.turn USING btree (at, id);


--
-- Name: turn_faq; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX turn_faq ON public.turn USING btree (faq, at) WHERE (faq IS NOT NULL);


--
-- Name: turn_reason; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX turn_reason ON public.turn USING btree (reason, at) WHERE (reason IS NOT NULL);


--
-- Name: feedback feedback_conversation_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_conversation_fkey FOREIGN KEY (conversation) REFERENCES public.conversation(id) ON DELETE CASCADE;


--
-- Name: handover handover_conversation_turn_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.handover
    ADD CONSTRAINT handover_conversation_turn_fkey FOREIGN KEY (conversation, turn) REFERENCES public.turn(conversation, number) ON DELETE CASCADE;


--
-- Name: turn turn_conversation_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.turn
    ADD CONSTRAINT turn_conversation_fkey FOREIGN KEY (conversation) REFERENCES public.conversation(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--

\unrestrict 1FkeOOC9p8hwsaNS6JpHaRgn8T5w5y10hF7rcIZSNUR9qapWDFmhqY1ifvtUm03

