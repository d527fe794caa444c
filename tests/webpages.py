# ruff: noqa: SIM905
"""
Web pages of many kinds, written for the tests: markup as different systems make it, each with
the lines of its text, or with the reason why it is no document.

Sites, people and events are made up. `DOCUMENTS` and `NO_DOCUMENTS` are by name.
"""

from __future__ import annotations

import json
from html import escape
from typing import NamedTuple

FERRY = (
    "河湾县的渡口在清晨五点开船，摆渡人老周已经干了三十一年。他说，水位低了，坐船的人反而多了。",
    "县里去年修了新桥，许多人以为渡口会停。结果赶集的老人仍旧愿意坐船，他们说桥太远，风太大。",
    "老周的儿子在省城工作，劝过他几回。他总是摇头，把缆绳又系紧了一道，说船在人在。",
    "昨天下午，一位中学老师带着学生来画速写，老周站在船头，一动不动地让他们画了一个小时。",
)
OFFICE = (
    "各乡镇人民政府，县直各部门：",
    "为切实做好今年冬春农田水利建设工作，经县政府研究同意，现将有关事项通知如下。",
    "一、明确目标任务。各地要在十二月底前完成沟渠清淤，确保来年春灌用水畅通。",
    "二、落实工作责任。主要负责人要亲自部署，每周向县水利局报送一次工程进度。",
    "河湾县人民政府办公室",
    "2024年11月5日",
)
OTHERS = (
    "夜市摊位增加三成，摊主说年轻人爱吃烤红薯",
    "老粮仓改成图书馆，镇上孩子有了新去处",
    "县医院儿科周末门诊延长到晚上九点",
    "河湾中学足球队首次打进全省八强",
    "今年第一场雪比去年晚来了整整十二天",
    "乡村公交新增两条线路，末班车推迟一小时",
    "柚子丰收价格却跌了，果农盼来直播团队",
    "退休教师十年抄写地方志，手稿捐给档案馆",
    "文化馆招募皮影戏学员，六十岁以上免费",
    "冬季流感进入高发期，疾控中心发布提示",
)
SAID = (
    "我小时候也坐过这条船，票价只要五分钱，冬天船头会结冰。",
    "桥修好以后我就没再坐过，看了文章有点想回去看看，顺便看看我的外婆。",
    "记者写得真好，不过水位低主要是上游新建的水库在蓄水，和坐船的人没有关系。",
    "支持老周！下次带孩子去，请问早上几点的船，要不要提前买票？",
    "我们村也有一个渡口，前年停了，摆渡的大爷去年走了，唉。",
)
NAV = "".join(
    f'<li><a href="/c/{i}/">{w}</a></li>'
    for i, w in enumerate("首页 要闻 县情 文化 专题 影像 便民".split())
)


def others(n: int = 10, *, date: bool = False, item: str = "li") -> str:
    """Links to other pages."""
    return "".join(
        f'<{item}><a href="/n/{i}.html" target=_blank>{OTHERS[i % 10]}</a>'
        + (f"<span>2024-11-{i % 28 + 1:02d}</span>" if date else "")
        + f"</{item}>"
        for i in range(n)
    )


FOOT = (
    "<div class='footer w1200'><p>版权所有：河湾县融媒体中心　河ICP备00000000号-1　公网安备 00000000000000号</p>"
    "<p>违法和不良信息举报电话：0000-0000000　未经书面授权，不得转载、摘编本网内容，违者将被追究法律责任。</p></div>"
)


def page(body: str, title: str, head: str = "", site: str = "河湾网") -> str:
    """A whole page: head, navigation, body, foot."""
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}{'_' + site if site else ''}</title>"
        f"{head}<style>.a{{color:red}}</style></head><body><div class='top'><ul>{NAV}</ul></div>"
        f"{body}{FOOT}<script>var _hmt=[];</script></body></html>"
    )


def paragraphs(lines: tuple[str, ...], tag: str = "p") -> str:
    return "".join(f"<{tag}>{line}</{tag}>" for line in lines)


class Case(NamedTuple):
    """A page, the lines that its text has to have, and words that must not be in it."""

    page: str | bytes
    body: tuple[str, ...]
    gone: tuple[str, ...] = (OTHERS[1], "公网安备")
    replies: tuple[str, ...] = ()


RELATED = f"<div class='xg'><h4>相关新闻</h4><ul>{others(8)}</ul></div>"
SIDE = f"<div class='r-col'><div class='tit'>24小时热榜</div><ol>{others(10)}</ol></div>"


def _news() -> str:
    body = (
        "<div class='crumb'>您的位置：<a href=/>首页</a> &gt; <a href=/c/1>要闻</a></div>"
        "<h1>渡口的清晨</h1><div class=info>2024-11-06 08:10　来源：河湾日报　作者：林岸</div>"
        f"<div class='share'><a>微信</a><a>微博</a></div><div id='zoom'>{paragraphs(FERRY)}"
        f"<p align=right>（责任编辑：何苗）</p>{RELATED}</div>"
    )
    return page(f"<div class='main'><div class='l-col'>{body}</div>{SIDE}</div>", "渡口的清晨")


def _short() -> str:
    body = (
        "<h1>河湾大桥今晚试亮灯</h1><div class='ly'>河湾网 2024-11-07 18:00</div>"
        "<div class='txt'>今晚七点，河湾大桥试亮灯一小时，两岸道路临时管制，请市民提前绕行。</div>"
    )
    return page(f"<div>{body}</div>{RELATED}{SIDE}{SIDE}", "河湾大桥今晚试亮灯")


def _notice() -> str:
    index = (
        "<table class='xxgk'><tr><td>索引号</td><td>000000-2024-0031</td><td>发文机关</td>"
        "<td>县政府办公室</td></tr><tr><td>发文字号</td><td>河政办〔2024〕31号</td><td>成文日期</td>"
        "<td>2024年11月5日</td></tr></table>"
    )
    files = "<p>附件：</p><p><a href=/f/1.docx>1. 沟渠清淤任务表.docx</a></p><p><a href=/f/2.pdf>2. 工程进度月报.pdf</a></p>"
    body = (
        f"{index}<h2>关于做好冬春农田水利建设工作的通知</h2><div class='TRS_Editor'>"
        f"{paragraphs(OFFICE)}{files}</div>"
    )
    return page(
        f"<div class='content'>{body}</div>",
        "关于做好冬春农田水利建设工作的通知",
        site="河湾县人民政府",
    )


def _only_files() -> str:
    files = "".join(
        f"<li><a href='/f/{i}.xls'>河湾县2024年第{i}批雨露计划补助名单公示表.xls</a></li>"
        for i in range(1, 8)
    )
    body = f"<h1>2024年雨露计划补助名单公示</h1><div class=date>2024-10-08</div><ul class=fj>{files}</ul>"
    return page(f"<div class='article'>{body}</div>", "2024年雨露计划补助名单公示")


def _wechat() -> str:
    body = "".join(
        f"<section style='margin:0'><span style='font-size:15px'>{line}</span></section>"
        for line in FERRY
    )
    return page(
        "<h1 id='activity-name'>渡口的清晨</h1><div id='meta_content'><span>原创</span> <a id=js_name>河湾一日</a></div>"
        f"<div class='rich_media_content' id='js_content' style='visibility: hidden; opacity: 0;'>{body}</div>"
        "<div class='rich_media_tool'><a>阅读</a><a>在看</a></div>",
        "渡口的清晨",
        site="",
    )


def _discuz() -> str:
    texts = (" ".join(FERRY[:2]), "沙发，顶一个", SAID[0], "路过", SAID[2], "楼主好人")
    posts = "".join(
        f"<div id='post_{i}'><table class='plhin'><tr><td class='pls' rowspan=2><div class='authi'>"
        f"<a href='/u/{i}'>摆渡客{i}</a></div><p><em>中级会员</em></p><dl><dt>积分</dt><dd>{i * 37}</dd></dl></td>"
        f"<td class='plc'><div class='pi'><strong><a>{i + 1}#</a></strong><div class='pti'><em>发表于 2024-11-{i + 1:02d} 09:1{i}"
        f"</em><a>只看该作者</a></div></div><div class='pct'><table><tr><td class='t_f' id='postmessage_{i}'>"
        f"{text}</td></tr></table></div></td></tr><tr><td class='plc plm'><div class='sign'>生活不止眼前。</div>"
        f"<div class='po'><a>回复</a> <a>举报</a></div></td></tr></table></div>"
        for i, text in enumerate(texts)
    )
    return page(
        f"<div id='pt' class='bm cl'><a>论坛</a> › <a>河湾杂谈</a></div><div id='postlist' class='pl bm'>"
        f"<h1><span id='thread_subject'>有人还坐老渡口的船吗</span></h1>{posts}</div><div class='pg'><a>下一页</a></div>",
        "有人还坐老渡口的船吗 - 河湾杂谈 - 河湾论坛",
        site="",
    )


def _tieba() -> str:
    posts = "".join(
        f"<div class='l_post'><div class='d_author'><a>网友阿{c}</a><span>吧龄3年</span></div>"
        f"<div class='d_post_content_main'><div class='d_post_content'>{text}</div>"
        f"<div class='tail'><span>来自手机</span><span>{i + 1}楼</span><span>2024-11-0{i + 1} 20:00</span><a>回复</a></div></div></div>"
        for i, (c, text) in enumerate(zip("甲乙丙丁戊", (FERRY[0], *SAID[:3], "dd"), strict=True))
    )
    return page(
        f"<h3 class='core_title'>老渡口还开吗</h3><div id='j_p_postlist'>{posts}</div>",
        "老渡口还开吗【河湾吧】",
    )


def _answers() -> str:
    answers = "".join(
        f"<div class='answer-item'><div class='user'><a>热心网友{i}</a><span>2024-10-0{i}</span></div>"
        f"<div class='answer-text'><p>{text}</p></div><div class='op'><a>赞同 {i * 3}</a><a>评论</a></div></div>"
        for i, text in enumerate(SAID[1:5], 1)
    )
    return page(
        "<div class='q'><h1>去河湾坐渡船要注意什么？</h1><div class='desc'>周末想带父母去河湾坐一次老渡船，"
        f"听说只有早上开，求有经验的人指点。</div></div><h2>4 个回答</h2><div class='answers'>{answers}</div>"
        f"<div class='recommend'><h3>相关问题</h3><ul>{others(8)}</ul></div>",
        "去河湾坐渡船要注意什么？ - 问答",
    )


def _wiki() -> str:
    toc = (
        "<div id=toc class=toc><h2>目录</h2><ul>"
        + "".join(
            f"<li><a href='#s{i}'>{i} {w}</a></li>"
            for i, w in enumerate(("历史", "航线", "票价", "船只", "参考资料"), 1)
        )
        + "</ul></div>"
    )
    box = (
        "<table class='infobox'><tr><th>名称</th><td>河湾渡口</td></tr><tr><th>开通</th><td>1953年</td></tr>"
        "<tr><th>所在地</th><td>河湾县城关镇</td></tr></table>"
    )
    body = (
        f"<p>河湾渡口是河湾县城关镇的一处内河渡口，开通于1953年，至今仍在使用。</p>{toc}"
        f"<h2 id=s1>历史<span class='editsection'>[<a>编辑</a>]</span></h2><p>{FERRY[1]}</p>"
        "<h2 id=s2>航线</h2><p>渡口有东西两条航线，东线到柳树湾，西线到石桥镇，单程约二十分钟。</p>"
    )
    return page(
        f"<div id=content><h1 id=firstHeading>河湾渡口</h1><div id=bodyContent>{box}{body}</div></div>",
        "河湾渡口 - 河湾百科",
        site="",
    )


def _disambiguation() -> str:
    items = "".join(
        f"<li><a href='/w/{i}'>河湾{w}</a>，{t}。</li>"
        for i, (w, t) in enumerate(
            (
                ("县", "中国北方的一个县"),
                ("镇", "河湾县的县城"),
                ("（小说）", "林岸的长篇小说"),
                ("大桥", "跨河的公路桥"),
                ("渡口", "城关镇的内河渡口"),
                ("站", "一座火车站"),
            )
        )
    )
    return page(
        f"<div id=content><h1>河湾</h1><p><b>河湾</b>可以指：</p><ul>{items}</ul></div>",
        "河湾 - 河湾百科",
        site="",
    )


POEM = (
    "独立寒江上，渔灯照影来。",
    "潮平人未渡，月落雁先回。",
    "旧梦随流水，新霜上绿苔。",
    "明朝舟又发，何处认亭台。",
)


def _poem() -> str:
    more = "".join(
        f"<li><a href='/p/{i}'>{w}</a></li>"
        for i, w in enumerate(
            ("晚渡", "雪夜过石桥", "听雨", "江村即事", "早行", "送友人归河湾", "秋日登楼远望有怀")
        )
    )
    return page(
        f"<div class='sons'><h1>夜渡</h1><p class='source'><a>林岸</a>〔现代〕</p><div class='contson'>{'<br>'.join(POEM)}</div></div>"
        f"<div class='title'>猜您喜欢</div><ul class=list>{more}</ul>{SIDE}",
        "夜渡原文_林岸",
        site="诗词站",
    )


def _chapter() -> str:
    text = "<br><br>".join(f"&nbsp;&nbsp;&nbsp;&nbsp;{line}" for line in FERRY)
    return page(
        f"<div class='con_top'><a>首页</a> &gt; <a>渡船记</a> &gt; 第十二章 起雾</div><h1>第十二章 起雾</h1>"
        f"<div class='bottem1'><a href=11.html>上一章</a> <a href=./>章节目录</a> <a href=13.html>下一章</a></div>"
        f"<div id='content'>{text}</div><div class='bottem2'><a>上一章</a> <a>章节目录</a> <a>下一章</a></div>",
        "第十二章 起雾_渡船记",
    )


def _code() -> str:
    gutter = "<td class='gutter'><pre>1\n2\n3</pre></td>"
    code = (
        "<td class='code'><pre>def ferry(n):\n    for i in range(n):\n        print(i)</pre></td>"
    )
    return page(
        f"<article class='post'><h1 class='post-title'>给渡口写一个排班程序</h1><p>渡口只有一条船，排班其实很简单，先看代码：</p>"
        f"<figure class='highlight python'><table><tr>{gutter}{code}</tr></table></figure>"
        "<p>运行以后会依次打印班次编号，真正使用的时候还要考虑大雾停航的情况。</p></article>"
        f"<div class='post-nav'><a rel=prev>上一篇：用三行代码算水位</a></div><div id=comments><p>{SAID[1]}</p></div>",
        "给渡口写一个排班程序 | 岸边的代码",
        site="",
    )


def _tables() -> str:
    menu = (
        "<tr>"
        + "".join(
            f"<td><a href='/{i}'><font size=2>{w}</font></a></td>"
            for i, w in enumerate("首页 机关 政策 招商".split())
        )
        + "</tr>"
    )
    text = "<br>".join(f"　　{line}" for line in FERRY)
    return (
        f"<html><head><meta http-equiv=Content-Type content='text/html; charset=gb2312'><title>渡口的清晨</title></head>"
        f"<body><center><table width=780>{menu}</table><table width=780><tr><td width=160 valign=top><table>"
        + "".join(f"<tr><td><a href='/{i}'>{w}</a></td></tr>" for i, w in enumerate(OTHERS))
        + f"</table></td><td><table><tr><td align=center><font size=4><b>渡口的清晨</b></font></td></tr><tr><td>{text}"
        "</td></tr><tr><td align=right>【<a>打印本页</a>】【<a>关闭窗口</a>】</td></tr></table></td></tr></table>"
        "<font size=2>河湾县政府 版权所有 技术支持：河湾信息中心</font></center></body></html>"
    )


def _lines() -> str:
    return page(
        f"<div class='box'><div class='bt'>渡口的清晨</div><div class='nr'>{paragraphs(FERRY, 'div')}</div></div>{SIDE}",
        "渡口的清晨",
    )


def _word() -> str:
    text = "".join(
        f"<p class=MsoNormal style='text-indent:32pt'><span lang=ZH-CN><span style='font-family:仿宋'>"
        f"<span>{line[:9]}</span></span></span><span>{line[9:]}</span><o:p></o:p></p>"
        for line in FERRY
    )
    return page(
        f"<div class='article-con'><h2>渡口的清晨</h2><form name=f1><div id=vsb_content>{text}</div></form></div>{SIDE}",
        "渡口的清晨",
    )


def _terms() -> str:
    terms = (
        ("缆绳", "拴船用的粗绳，旧时多用棕榈皮搓成，浸水不烂。"),
        ("跳板", "从船头搭到岸上的木板，上下船时要有人扶着。"),
        ("撑篙", "用长竹竿抵住河底使船前进，也指那根竹竿。"),
    )
    listed = "".join(f"<dt>{a}</dt><dd>{b}</dd>" for a, b in terms)
    return page(
        f"<div class='wz'><h1>渡口用语小集</h1><dl>{listed}</dl></div>{RELATED}", "渡口用语小集"
    )


def _reader() -> str:
    sheets = "".join(
        f"<div class='reader-page' id='pageNo-{i}'><div class='reader-txt-layer'><div class='ie-fix'>"
        f"<p class='reader-word-layer'>{line}</p></div></div><div class='page-num'>{i}/4</div></div>"
        for i, line in enumerate(FERRY, 1)
    )
    return page(
        f"<h1 class='doc-title'>渡口的清晨（调研报告）</h1><div class=doc-info>上传于 2023-05-06 | 4页 | 12下载</div>"
        f"<div class='reader-container'>{sheets}</div><div class='buy'><a>下载文档</a><a>开通会员</a></div>{RELATED}",
        "渡口的清晨（调研报告） - 河湾文库",
    )


def _comments() -> str:
    said = "".join(
        f"<div class='cmt-item'><a>读者{i}</a><span>{i}小时前</span><p>{SAID[i % 5]}这是第{i}位读者的话，说得比文章还长，请大家慢慢看。</p></div>"
        for i in range(1, 12)
    )
    return page(
        f"<h1>渡口的清晨</h1><div class='article'>{paragraphs(FERRY[:2])}</div><div class='cmt-list'><h3>网友评论</h3>{said}</div>",
        "渡口的清晨",
    )


def _wrapped() -> str:
    return page(
        f"<div class='breadcrumb-page comment share sidebar'><div class='ad-wrap'><h1>渡口的清晨</h1><div>{paragraphs(FERRY)}</div></div></div>"
        f"<div class='article-list content'><ul>{others(10)}</ul></div>",
        "渡口的清晨",
    )


def _essays() -> str:
    text = "".join(
        f"<p><strong>渡口作文 篇{n}</strong></p><p>　　{a}</p><p>　　{b}</p>"
        for n, a, b in (("一", *FERRY[:2]), ("二", *FERRY[2:]))
    )
    return page(
        f"<h1>渡口作文（精选2篇）</h1><div class='content'>{text}<p>【渡口作文】相关文章：</p>"
        + "".join(f"<p><a href='/z/{i}'>{w}</a></p>" for i, w in enumerate(OTHERS[:6]))
        + "</div>",
        "渡口作文（精选2篇）",
    )


TAIWAN = (
    "河灣鎮的渡口每天清晨五點開船，老周已經做了三十一年，他說坐船的人反而變多了。",
    "鎮公所去年蓋了新橋，許多人以為渡口會停駛，結果老人家還是喜歡坐船。",
)


def _big5() -> bytes:
    return (
        f"<html><head><title>渡口的清晨</title></head><body><ul>{''.join(f'<li><a href=/{i}>生活新聞</a>' for i in range(6))}</ul>"
        f"<h1>渡口的清晨</h1><div class=story>{paragraphs(TAIWAN)}</div></body></html>"
    ).encode("big5")


def _utf16() -> bytes:
    return _news().replace("charset=utf-8", "charset=gb2312").encode("utf-16")


_MARKUP = paragraphs(FERRY)
_SHELL = "<div id='app'></div><div id='root'></div>"


def _next() -> str:
    data = {
        "props": {
            "pageProps": {
                "nav": list(OTHERS),
                "detail": {
                    "title": "渡口的清晨",
                    "id": 7,
                    "content": _MARKUP,
                    "related": [{"title": t, "summary": t * 2} for t in OTHERS],
                },
            }
        }
    }
    return page(
        f"{_SHELL}<script id='__NEXT_DATA__' type='application/json'>{json.dumps(data, ensure_ascii=False)}</script>",
        "渡口的清晨",
    )


def _linked() -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "渡口的清晨",
        "articleBody": "\n".join(FERRY),
    }
    return page(
        f"<script type='application/ld+json'>{json.dumps(data)}</script>{_SHELL}<p>{FERRY[0][:24]}…</p>",
        "渡口的清晨",
    )


def _template() -> str:
    return page(
        f"<h1>渡口的清晨</h1><template id=body><div class=x>{_MARKUP}</div></template>{_SHELL}",
        "渡口的清晨",
    )


def _state() -> str:
    state = {
        "user": None,
        "article": {
            "title": "渡口的清晨",
            "body": [{"type": "text", "text": line} for line in FERRY],
        },
        "hot": [{"t": t} for t in OTHERS],
    }
    return page(
        f"{_SHELL}<script>window.__INITIAL_STATE__={json.dumps(state, ensure_ascii=False)};(function(){{var s;}}())</script>",
        "渡口的清晨",
    )


def _escaped() -> str:
    return page(
        f"{_SHELL}<script>var BASE_DATA = {{ articleInfo: {{ title: '渡口的清晨', content: '{escape(escape(_MARKUP))}', groupId: '1' }} }};</script>",
        "渡口的清晨",
    )


ENGLISH = (
    "The ferry at River Bend leaves at five in the morning, and Zhou has worked it for thirty-one years.",
    "Many people thought the crossing would close when the county built a new bridge last year.",
    "It did not. The old people who go to market say the bridge is too far, and the wind on it too strong.",
)


ENGLISH_OTHERS = (
    "Night market grows by a third",
    "Old granary becomes a library",
    "Children's clinic open until nine",
    "School team reaches the last eight",
    "First snow comes twelve days late",
    "Two new bus routes for the villages",
)
ENGLISH_LINKS = "".join(f"<li><a href='/n/{i}'>{w}</a></li>" for i, w in enumerate(ENGLISH_OTHERS))


def english_page(body: str, title: str, site: str = "The Bend Courier") -> str:
    """A page in English with navigation above and a legal notice below."""
    return (
        f"<!doctype html><html lang=en><head><title>{title} - {site}</title></head><body><header><nav>"
        f"<ul><li><a href=/>Home</a><li><a href=/a>About us</a></ul></nav></header>{body}"
        f"<footer><p>© 2024 {site}. All rights reserved. Copyright and privacy notice.</p></footer></body></html>"
    )


def _english() -> str:
    return english_page(
        f"<main><article><h1>The Last Ferry</h1><p class=byline>By Lin An | November 6, 2024</p>{paragraphs(ENGLISH)}</article><aside><h3>Most read</h3><ul>{ENGLISH_LINKS}</ul></aside></main>",
        "The Last Ferry",
    )


ENGLISH_NEWS = (
    "The county opened its new flood gate on Tuesday, two months before the spring rains are due.",
    "“We have waited for this since the summer of 2016,” said Wen Su, who runs the mill below it.",
    "The gate cost less than planned. What is left of the money will go into the dykes downstream.",
)


def _english_news() -> str:
    """A sidebar with teasers that are sentences, in plain divs."""
    teasers = "".join(
        f"<div class=item><a href=/n/{i}>{w}</a><p>{w}, and people of the town say it was about time.</p></div>"
        for i, w in enumerate(ENGLISH_OTHERS)
    )
    return english_page(
        "<div class=wrap><div class=left><h1>New flood gate opens before the rains</h1>"
        f"<div class=meta>March 5, 2024 | By Lin An</div><div class=txt>{paragraphs(ENGLISH_NEWS)}</div></div>"
        f"<div class=sidebar><h3>Latest</h3>{teasers}</div></div>",
        "New flood gate opens before the rains",
    )


ENGLISH_CODE = (
    "Our ferry has one boat, and its timetable fits into a loop. Here is all of it:",
    "for hour in range(5, 19):",
    "    print(hour, depart(boat))",
    "The call to depart waits for fog to lift, so nothing else has to know about the weather.",
    "If you run a second boat, give each its own loop and let them meet at the pier.",
)


def _english_code() -> str:
    before, *code, after, last = ENGLISH_CODE
    comments = "".join(
        f"<li class=comment><cite>reader{i}</cite> <time>March {i}, 2024</time><p>Thanks, this helped me with my own boat, number {i}.</p></li>"
        for i in range(1, 6)
    )
    return english_page(
        f"<div class=post><h1>A timetable in two lines</h1><div class=post-content><p>{before}</p>"
        f"<pre><code class=language-python>{chr(10).join(code)}</code></pre><p>{after}</p><h2>Two boats</h2><p>{last}</p></div>"
        f"<div class=tags>Tags: <a href=/t/1>python</a> <a href=/t/2>boats</a></div></div>"
        f"<div id=comments><h3>5 comments</h3><ol>{comments}</ol></div><div class=widget><h3>Archive</h3><ul>{ENGLISH_LINKS}</ul></div>",
        "A timetable in two lines",
        "Notes from the Pier",
    )


ENGLISH_QUESTION = (
    "I have bought an old wooden boat, and it lets in water along the keel when it is loaded.",
    "Should I caulk it with cotton, or is there something that lasts longer?",
)
ENGLISH_ANSWERS = (
    "Cotton is fine if you let the planks swell first. Put the boat into the water for a week, and then look again.",
    "I use hemp with pine tar. It is more work than cotton, but mine has been dry for eleven years.",
)


def _english_forum() -> str:
    answers = "".join(
        f"<div class=answer><div class=votes>{9 - i}</div><div class=answer-body><p>{text}</p></div>"
        f"<div class=user-info>answered <span>2024-03-0{i + 6} 10:2{i}</span> <a href=/u/{i}>pilot{i}</a></div></div>"
        for i, text in enumerate(ENGLISH_ANSWERS)
    )
    return english_page(
        f"<div class=question><h1>How do I stop a wooden boat from leaking?</h1><div class=question-body>{paragraphs(ENGLISH_QUESTION)}</div>"
        "<div class=user-info>asked <span>2024-03-05 08:11</span> <a href=/u/9>lockkeeper</a></div></div>"
        f"<div class=answers><h2>2 answers</h2>{answers}</div><div class=related><h4>Related</h4><ul>{ENGLISH_LINKS}</ul></div>",
        "How do I stop a wooden boat from leaking?",
        "Boat Forum",
    )


def _questions() -> str:
    asked = (
        "早上第一班船是几点开？",
        "大雾天气渡口会停航吗？",
        "老人和孩子坐船要买票吗？",
        "自行车可以推上渡船吗？",
        "在哪里可以查到末班船时间？",
        "包船的费用怎么计算？",
    )
    told = (
        "每天清晨五点，冬季推迟半小时。",
        "能见度不足两百米时停航，请看公告。",
        "六十五岁以上和一米二以下免票。",
        "可以，每辆加收一元。",
        "渡口的牌子上有，也可以打电话问。",
        "按小时计，每小时八十元。",
    )
    top = "".join(f"<li><a href='#q{i}'>{q}</a></li>" for i, q in enumerate(asked))
    text = "".join(
        f"<h3 id=q{i}><a href='#top'>{q}</a></h3><p>{a}</p>"
        for i, (q, a) in enumerate(zip(asked, told, strict=True))
    )
    return page(f"<div class=faq><h1>常见问题</h1><ul>{top}</ul>{text}</div>", "常见问题")


def _links() -> str:
    listed = "".join(
        f"<li><a href='https://other.example/{i}'>{w}</a></li>" for i, w in enumerate(OTHERS)
    )
    return page(
        f"<article><h1>这个月值得一读的十篇文章</h1><p>这个月读到的好文章不少，挑了十篇，排名不分先后，都和河湾有关。</p><ul>{listed}</ul></article>",
        "这个月值得一读的十篇文章",
    )


DOCUMENTS: dict[str, Case] = {
    "news": Case(_news(), FERRY),
    "short news under many links": Case(
        _short(), ("今晚七点，河湾大桥试亮灯一小时，两岸道路临时管制，请市民提前绕行。",)
    ),
    "government notice": Case(_notice(), (*OFFICE, "1. 沟渠清淤任务表.docx")),
    "notice of attachments": Case(_only_files(), ("河湾县2024年第3批雨露计划补助名单公示表.xls",)),
    "wechat": Case(_wechat(), FERRY),
    "discuz thread": Case(
        _discuz(),
        (" ".join(FERRY[:2]),),
        ("积分", "发表于", "只看该作者", "中级会员", "摆渡客"),
        ("沙发，顶一个", SAID[0], "路过", SAID[2], "楼主好人"),
    ),
    "tieba thread": Case(_tieba(), (FERRY[0],), ("吧龄", "来自手机", "网友阿"), (*SAID[:3], "dd")),
    "question and answers": Case(
        _answers(),
        (
            "去河湾坐渡船要注意什么？",
            "周末想带父母去河湾坐一次老渡船，听说只有早上开，求有经验的人指点。",
        ),
        ("赞同", "热心网友", OTHERS[1]),
        SAID[1:5],
    ),
    "wiki": Case(
        _wiki(),
        (
            "河湾渡口是河湾县城关镇的一处内河渡口，开通于1953年，至今仍在使用。",
            FERRY[1],
            "渡口有东西两条航线，东线到柳树湾，西线到石桥镇，单程约二十分钟。",
        ),
        ("2 航线", "[编辑]"),
    ),
    "disambiguation": Case(
        _disambiguation(), ("河湾县，中国北方的一个县。", "河湾站，一座火车站。")
    ),
    "poem": Case(_poem(), POEM, ("雪夜过石桥", OTHERS[1])),
    "chapter": Case(_chapter(), FERRY, ("章节目录", "下一章")),
    "blog with code": Case(
        _code(),
        (
            "渡口只有一条船，排班其实很简单，先看代码：",
            "        print(i)",
            "运行以后会依次打印班次编号，真正使用的时候还要考虑大雾停航的情况。",
        ),
        ("上一篇", SAID[1]),
    ),
    "layout of tables in GBK": Case(_tables().encode("gb18030"), FERRY, (OTHERS[1], "打印本页")),
    "one div a line": Case(_lines(), FERRY),
    "nested spans in a form": Case(_word(), FERRY),
    "definitions": Case(
        _terms(),
        (
            "缆绳",
            "拴船用的粗绳，旧时多用棕榈皮搓成，浸水不烂。",
            "用长竹竿抵住河底使船前进，也指那根竹竿。",
        ),
    ),
    "document reader": Case(_reader(), FERRY, ("开通会员", OTHERS[1])),
    "comments longer than the text": Case(_comments(), FERRY[:2], ("位读者的话",)),
    "wrapped in bad names": Case(_wrapped(), FERRY),
    "model essays": Case(_essays(), (*FERRY, "渡口作文 篇二")),
    "traditional characters in Big5": Case(_big5(), TAIWAN, ("生活新聞",)),
    "UTF-16 that says GB2312": Case(_utf16(), FERRY),
    "next data": Case(_next(), FERRY),
    "JSON-LD and a teaser": Case(_linked(), FERRY),
    "template": Case(_template(), FERRY),
    "initial state of blocks": Case(_state(), FERRY),
    "markup escaped twice in a script": Case(_escaped(), FERRY),
    "english": Case(_english(), ENGLISH, ("Most read", "granary", "All rights")),
    "english news beside teasers": Case(
        _english_news(), ENGLISH_NEWS, ("Latest", "granary", "about time", "All rights")
    ),
    "english blog with code": Case(
        _english_code(),
        (*ENGLISH_CODE[:-1], "Two boats", ENGLISH_CODE[-1]),
        ("Thanks", "Archive", "granary", "All rights"),
    ),
    "english question with two answers": Case(
        _english_forum(),
        (*ENGLISH_QUESTION, *ENGLISH_ANSWERS),
        ("lockkeeper", "pilot", "Related", "granary", "All rights"),
        ENGLISH_ANSWERS,
    ),
    "questions with anchors": Case(
        _questions(), ("每天清晨五点，冬季推迟半小时。", "按小时计，每小时八十元。")
    ),
    "a list of recommendations": Case(
        _links(), ("这个月读到的好文章不少，挑了十篇，排名不分先后，都和河湾有关。",), ("公网安备",)
    ),
}


def _teasers(more: str = "") -> str:
    return "".join(
        f"<div class='post-item'><h2><a href='/p/{i}'>{OTHERS[i]}</a></h2><p>{SAID[i % 5]}{FERRY[i % 4][:30]}……</p><span>2024-11-{i + 1:02d}</span>{more}</div>"
        for i in range(8)
    )


_PAGER = "<div class=page><a>首页</a><a>上一页</a><a>1</a><a>2</a><a>下一页</a><a>尾页</a></div>"
_CHAPTERS = "".join(
    f"<dd><a href='/b/{i}.html'>第{i}章 {OTHERS[i % 10][:6]}</a></dd>" for i in range(1, 60)
)
_LOGIN = (
    "<div class='login-box'><h2>用户登录</h2><form><label>用户名</label><input name=u><label>密码</label><input type=password name=p>"
    "<button>登录</button><a>忘记密码？</a><a>立即注册</a></form><p>首次登录请使用身份证号后六位作为初始密码。</p></div>"
)

NO_DOCUMENTS: dict[str, tuple[str, str]] = {
    "list of a government column": (
        "list-page",
        page(
            f"<div class=lm><h2>通知公告</h2></div><ul class='list'>{others(20, date=True)}</ul>{_PAGER}",
            "通知公告",
            site="河湾县人民政府",
        ),
    ),
    "list with an introduction": (
        "list-page",
        page(
            f"<h1>文化</h1><p>这里有河湾的戏曲、方志和老照片。</p><ul>{others(20, date=True)}</ul><div>共 12 页</div>",
            "文化",
        ),
    ),
    "list with teasers": (
        "list-page",
        page(f"<div class='posts'>{_teasers()}</div>{_PAGER}{SIDE}", "文化频道"),
    ),
    "front page of a blog": (
        "list-page",
        page(
            f"<div class='posts'>{_teasers('<a href=/x class=more>阅读全文</a>')}</div>",
            "岸边的博客",
            site="",
        ),
    ),
    "board of a forum": (
        "list-page",
        page(
            "<table>"
            + "".join(
                f"<tr><td><a href='/t/{i}'>{OTHERS[i % 10]}</a></td><td><a>网友{i}</a></td><td>{i * 3}</td><td>2024-11-0{i % 9 + 1}</td></tr>"
                for i in range(20)
            )
            + "</table>",
            "河湾杂谈 - 河湾论坛",
            site="",
        ),
    ),
    "portal": (
        "index-page",
        page(
            "".join(
                f"<div class='mod m{k}'><h3><a>{w}</a></h3><ul>{others(10)}</ul></div>"
                for k, w in enumerate("要闻 文化 教育 健康 体育 旅游".split())
            )
            + "<div class=weather>河湾今天多云，最高气温十八度。</div>",
            "河湾网_河湾门户网站首页",
            site="",
        ),
    ),
    "contents of a novel": (
        "index-page",
        page(
            f"<h1>渡船记</h1><div id=intro><p>一条船，一个人，三十一年。</p></div><dl>{_CHAPTERS}</dl>",
            "渡船记最新章节_渡船记全文阅读",
        ),
    ),
    "tag": ("tag-page", page(f"<h1>标签：渡口</h1><ul>{others(12)}</ul>", "渡口_标签")),
    "search results": (
        "search-page",
        page(
            f"<form><input name=q></form><p>为您找到相关结果约 1,280 个</p><div>{_teasers()}</div>{_PAGER}",
            "渡口_搜索结果",
        ),
    ),
    "search without results": (
        "search-page",
        page(
            "<form><input name=q></form><p>抱歉，没有找到与“渡口开船”相关的内容，换个词试试。</p>",
            "渡口开船 - 搜索",
        ),
    ),
    "login": ("login-page", page(_LOGIN, "用户登录")),
    "login in a forum": (
        "login-page",
        page(
            "<div id=messagetext class=alert_error><p>抱歉，您需要登录后才能继续本操作</p></div><form><input type=password></form>",
            "提示信息 - 河湾论坛",
            site="",
        ),
    ),
    "login wall": (
        "login-page",
        page(
            "<div class=wall><p>请先登录，登录后查看全文。</p><a>登录</a> <a>注册</a></div>",
            "渡口的清晨",
        ),
    ),
    "not found in a frame of links": (
        "error-page",
        page(
            f"<div class=err><h1>404</h1><p>抱歉，您访问的页面不存在或已被删除！</p><p>可能的原因：您输入的网址有误，请检查后重试。</p><a>返回首页</a></div><ul>{others(8)}</ul>",
            "页面不存在",
        ),
    ),
    "not found by nginx": (
        "error-page",
        "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr><center>nginx/1.18.0</center></body></html>",
    ),
    "server error": (
        "error-page",
        page(
            "<h2>服务器内部错误</h2><p>对不起，服务器出错了，请稍后重试，或联系管理员。</p><a>返回上一页</a>",
            "500 - 服务器内部错误",
        ),
    ),
    "deleted": (
        "error-page",
        page("<div><p>该内容已被删除</p><p>3秒后自动跳转到首页</p></div>", "提示"),
    ),
    "check of the visitor": (
        "error-page",
        page(
            "<h1>安全验证</h1><p>检测到您的访问过于频繁，请输入验证码后继续访问，或稍后重试。</p>",
            "安全验证",
            site="",
        ),
    ),
    "domain for sale": (
        "parked-page",
        "<html><head><title>hewan.example 域名出售</title></head><body><h1>hewan.example</h1><p>您访问的域名正在出售，有意者请联系卖家报价。</p><a>立即购买</a></body></html>",
    ),
    "parked in English": (
        "parked-page",
        "<html><head><title>hewan.example</title></head><body><p>This domain is for sale. Buy this domain now.</p><ul><li><a>Related searches</a></ul></body></html>",
    ),
    "a server's own page": (
        "parked-page",
        "<html><head><title>恭喜，站点创建成功！</title></head><body><h1>恭喜, 站点创建成功！</h1><p>这是默认index.html，本页面由系统自动生成</p></body></html>",
    ),
    "hijacked head": (
        "hijacked-page",
        page(
            f"<h1>渡口的清晨</h1><div>{paragraphs(FERRY)}</div>",
            "河湾棋牌官网-真人娱乐app下载-百家乐开户",
            "<meta name=keywords content='棋牌,百家乐,老虎机,体育投注,彩金'>",
            site="",
        ),
    ),
    "gambling all through": (
        "hijacked-page",
        page(
            "<h1>河湾娱乐城</h1>"
            + "".join(
                f"<p>河湾娱乐城提供百家乐、老虎机、体育投注，首存送彩金，第{i}站为您服务。</p>"
                for i in range(6)
            ),
            "河湾娱乐城-百家乐-老虎机在线注册送彩金",
            site="",
        ),
    ),
}

LOOKALIKES: dict[str, str] = {
    "verses without marks": page(
        "<h1>渡口</h1><div>"
        "河水不说话<br>船也不说话<br>说话的人走远了<br>只剩下一根缆绳<br>系着整个黄昏"
        f"</div>{RELATED}{SIDE}",
        "渡口",
    ),
    "a table of times": page(
        "<h1>渡船时刻表</h1><table><tr><th>班次</th><th>开船</th><th>票价</th></tr>"
        + "".join(f"<tr><td>第{i}班</td><td>{5 + i}:00</td><td>两元</td></tr>" for i in range(9))
        + f"</table>{RELATED}{SIDE}",
        "渡船时刻表",
    ),
    "a table of error codes": page(
        "<h1>接口错误码</h1><table>"
        + "".join(
            f"<tr><td>{c}</td><td>{w}</td><td>{h}</td></tr>"
            for c, w, h in (
                ("404", "页面不存在", "检查地址"),
                ("500", "服务器错误", "稍后重试"),
                ("1001", "参数错误", "查看参数表"),
                ("1002", "数据库连接失败", "联系管理员"),
                ("1003", "请求过于频繁", "降低频率"),
                ("1004", "签名错误", "检查密钥"),
                ("1005", "余额不足", "充值后重试"),
                ("1006", "用户被禁用", "联系客服"),
                ("1007", "版本过低", "升级客户端"),
                ("1008", "图片过大", "压缩后上传"),
            )
        )
        + "</table><a>返回首页</a>",
        "接口错误码",
    ),
    "a price of five hundred": page(
        "<h1>老船出售</h1><table><tr><td>价格</td><td>500</td></tr><tr><td>长</td><td>8米</td></tr></table><a>返回首页</a>",
        "老船出售",
    ),
    "an article about searching": page(
        f"<h1>搜索结果为什么不准</h1><p>{FERRY[3]}</p><p>没有找到想要的内容时，可以换一个词。</p><p>{FERRY[2]}</p><p>{FERRY[1]}</p><p>{FERRY[0]}</p>",
        "搜索结果为什么不准",
    ),
    "captions of pictures": page(
        "<h1>镜头里的渡口</h1>"
        + "".join(
            f"<p><img src={i}.jpg></p><p>{w}</p>"
            for i, w in enumerate(
                ("清晨的渡口 林岸 摄", "老周解开缆绳", "赶集的人排队上船", "一只白鹭落在船头")
            )
        )
        + f"{RELATED}{SIDE}",
        "镜头里的渡口",
    ),
    "a name list": page(
        "<h1>河湾中学三好学生名单</h1>"
        + "".join(
            f"<p>{w}</p>"
            for w in ("一年级 周小河 林小岸 何苗", "二年级 陈星 邹云 石磊", "三年级 方舟 谢春 杜若")
        )
        + f"<p>2024年6月1日</p>{RELATED}",
        "河湾中学三好学生名单",
    ),
    "a report about gambling": page(
        f"<h1>警方捣毁网络赌博窝点</h1><p>涉案平台以棋牌、百家乐、老虎机为名招揽玩家，警方提醒，下载此类应用都是骗局。</p><p>{FERRY[3]}</p>",
        "警方捣毁百家乐老虎机棋牌平台",
        "<meta name=keywords content='棋牌,百家乐,老虎机,官网'>",
    ),
    "a notice about a site": page(
        "<h1>关于县政府网站暂时无法访问的公告</h1><p>因机房电力检修，县政府网站将于本周六零时至六时暂停服务，页面无法打开，请稍后重试。</p><p>给您带来的不便，敬请谅解。</p>",
        "关于县政府网站暂时无法访问的公告",
    ),
    "a short poem with short title": page(
        f"<h1>晚渡</h1><p>{POEM[1]}</p><ul>{others(10)}</ul>{SIDE}", "晚渡"
    ),
    "an article about a status code": page(
        "<h1>404 页面应该怎么写</h1><p>页面不存在时，应该告诉读者为什么，并且给一条返回首页的路，不要自动跳转。</p><p>我们做过一次调查，八成读者看到冷冰冰的代码就离开了，而看到一句道歉的人里有一半会继续看别的文章。</p>",
        "404 页面应该怎么写",
    ),
    "an article on logging in": page(
        "<h1>社保网上登录操作指南</h1><p>首次使用的市民请先登录官网注册账号，输入身份证号和手机验证码即可。</p><p>忘记密码的，可携带身份证到各社区服务站办理重置，周末照常上班，无需预约。</p>"
        + _LOGIN.replace("h2", "b"),
        "社保网上登录操作指南",
    ),
    "a short item of news": page(
        f"<h1>渡口明天停航</h1><p>因大雾，老渡口明天停航一天。</p><ul>{others(10)}</ul>{SIDE}",
        "渡口明天停航",
    ),
    "news without headline in the page": page(
        f"<div class=t1>老渡口停航</div><p>{FERRY[0]}</p><ul>{others(10, date=True)}</ul>",
        "河湾新闻",
    ),
    "a thread of one line": page(
        "<h1>今天渡口开吗</h1>"
        + "".join(
            f"<div class=post><a href=/u{i}>网友{i}</a><span>2024-1-{i + 1}</span><div class=msg>{t}</div></div>"
            for i, t in enumerate(("今天渡口开吗？", "开的", "刚坐过", "人多吗", "不多", "谢谢"))
        ),
        "今天渡口开吗 - 河湾论坛",
        site="",
    ),
    "a domain in the news": page(
        "<h1>河湾域名拍出高价</h1><p>记者获悉，一个两字母域名日前成交，买家称该域名将用于本地旅游。域名出售前已闲置十年，卖家是一位退休工程师。</p>",
        "河湾域名拍出高价",
    ),
}
