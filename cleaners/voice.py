"""
The voice of sites: the words that interfaces, editors, sellers and lawyers of sites use.

Texts use most of these words as well, so a word proves nothing. But a line that has
nothing else is hardly ever a sentence of the author's: 收藏 分享 举报, 已有20人评论.
Words are in the folded spelling; the longest one that fits is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from cleaners.matching import LONE_SURROGATE

VOICE: Mapping[str, str] = {
    "calls on the reader": """
        点击 点这里 点此 点我 点开 单击 戳这里 戳我 猛戳 请按 长按 扫码 扫一扫 扫描 识别 关注 加关注 星标 置顶 收藏 登录
        登陆 注册 订阅 转发 分享 点赞 在看 投稿 加入 搜索 搜一搜 查看 下载 安装 打开 复制 浏览 欢迎 推荐 展开 收起 记住
        进入 前往 退订 打赏 赞赏 投票 立即 立刻 马上 赶快 赶紧 快来 速来 不要错过 别错过 错过 不迷路 敬请 期待 领取 领 添加 备注 回复
        私信 留言 发表 参与 抢先 抢鲜 体验 了解 详情 继续阅读 往下阅读 继续往下 往下滑 滑动 下拉 上滑 向左滑 试用 开通
        订购 咨询 拨打 致电 联系 按赞 追踪 加好友 请到 请在 请用 请使用 请看 请访问 请登录 请稍等 请输入 输入 填写 提问 我要提问 抢答 补充
        戳 看这里 看过来 更多精彩 更多内容 查看更多 查看全部 查看全文 阅读全文 阅读原文 阅读更多 原文链接 全文阅读 免费阅读
        温馨提示 友情提示 提示 小贴士 注意 如需 需要请 获取 索取 领取方式 下单 拼团 抽奖 中奖 预约 报名 扫描二维码 截图 保存
    """,
    "speaks as a site": """
        本站 本网 本网站 本页 本页面 本平台 本库 本吧 本文档 本资源 本词条 本菜谱 本软件 该软件 该文档 该文 该文章 该资源 该内容 该菜谱 该词条 此文档 此文 本书籍 本电子书 我们的网站
        小编 编者按 编者 欢迎访问 欢迎来到 欢迎光临 欢迎进入 欢迎收藏 自动生成 信息发布平台 存储空间 存储空间服务 自发贡献 互联网用户 网友上传 用户上传 会员上传 主动上传 上传者
        收集整理 整理发布 整理编辑 精心整理 为大家 为您 为你 给大家 供大家 希望大家喜欢 大家喜欢 小伙伴 亲们 各位书友 书友 读者大大 快来 敬请 感谢您 您可能 您还 看过本文
    """,
    "names a site": """
        网站 本刊 本报 本馆 全站 站点 平台 文库 书屋 书吧 小说网 文学网 中文网 客户端 公众号 公众平台 微信 微信号
        微博 抖音 快手 头条 小红书 知乎 豆瓣 贴吧 app 频道 论坛 会员 用户 网友 游客 手机版 移动版 电脑版 触屏版 官网 官方
        域名 网址 网页 页面 程序 系统 首发 专栏 vip 博客 博主 up主 网盘 百度网盘 提取码 资源 文档 范文 资料 站长 二维码 小程序
        视频号 服务号 订阅号 百家号 头条号 企鹅号 微信群 qq群 q群 交流群 读者群 书友群 粉丝 粉丝团 粉丝页 telegram line facebook twitter
        instagram youtube rss qq 电子书 电子版 阅读器 应用商店 应用市场 安卓 苹果版 android ios iphone ipad windows 电台
        直播间 直播 词条 百科 题库 图库 课件网 教案网 作文网 数据库 吧主 版主 管理员 楼主 热心网友 知道网友 匿名用户 助手
        小助手 客服 热线 服务热线 编辑部 上传者 提问者 回答者 作者其他 个人中心 我的空间 空间 主页 门户 传媒 融媒 ctrl 浏览器
    """,
    "speaks of rights": """
        版权 版权所有 著作权 转载 转自 摘自 摘编 选自 声明 免责 免责声明 法律声明 版权声明 责任 侵权 侵犯 备案 备案号 备案序号 icp 公网安备
        标识码 许可证 举报 法律 授权 未经 许可 不得 严禁 禁止 必究 翻版 盗版 盗用 正版 copyright all rights reserved 外传 删除 出处
        来源 来自 来源于 投诉 原创 首发 独家 独家发布 署名 注明 注明出处 仅供参考 仅供 供参考 学习交流 个人学习 学习参考 交流学习 商业用途 商用
        不代表 立场 观点 核实 真实性 准确性 协议 cc by-sa by-nc 纠错 违法 不良信息 违法和不良信息 尊重 权利人 权益 合法权益 著作人
        原作者 作者所有 归作者 归原作者 所有权 存储空间 互联网 网络 收集于 整理自 自行上传 上传 仅代表 主办 承办 主管 协办
    """,
    "sells": """
        免费 优惠 优惠券 购买 价格 售价 积分 充值 付费 支付 支付宝 限时 特价 代理 招商 加盟 合作 广告 广告位 商务 赚钱 返利 红包 福利 大礼包 礼包
        厂家 包邮 元/ 元起 折扣 抢购 秒杀 热卖 淘宝 京东 拼多多 店铺 旗舰店 专业 律师 在线解答 在线咨询 在线客服 竭诚 为您服务 24小时 来电
        上门 有限公司 公司 代办 代写 代发 定制 套餐 会费 订阅费 打折 半价 特惠 赠送 免费送 免费领 免费试 已有 人购买 人付款 一键 高速下载
    """,
    "leads elsewhere": """
        首页 上一 下一 更多 返回 目录 相关 推荐 热门 热点 热搜 热词 最新 导航 栏目 分类 标签 关于我们 联系我们 关于 帮助 上一篇 下一篇 上一页 下一页
        尾页 末页 上一章 下一章 上页 下页 前一篇 后一篇 书架 书签 排行 排行榜 专题 往期 回顾 传送门 阅读 tags tag 全部 列表 反馈 网站地图
        友情链接 相关文章 相关阅读 相关推荐 相关问题 相关标签 相关疾病 相关内容 相关资料 相关搜索 相关新闻 相关词条 相关专题 延伸阅读 扩展阅读 同场加映 猜你喜欢
        推荐阅读 精选 精华 往期精选 其他作品 其他菜谱 其他文章 其他回答 其他类似 类似 同类 同类热门 同系列 系列 大家还看 还看了 看了又看 下载地址
        所属分类 所属专栏 当前位置 您的位置 您现在的位置 你的位置 位置 正文 跳转 返回顶部 回到顶部 回顶部 返回列表 查看目录 点评 关键词 关键字 引用本
        新闻 资讯 图片 视频 社会 财经 娱乐 体育 科技 教育 健康 旅游 汽车 房产 军事 历史 文化 国际 国内 时政 本地 下载中心 设为首页 加入收藏
    """,
    "counts or dates": """
        次数 浏览量 浏览次数 点击量 点击数 阅读数 阅读量 访问量 访问次数 人气 评论 评论数 回复 回复数 字数 总字数 页数 大小 文件大小 格式 类型 更新 更新时间
        更新于 发布 发布于 发布时间 发表于 创建 创建于 上传时间 提问时间 时间 日期 编辑 作者 记者 通讯员 责编 责任编辑 审核 校对 监制 终审 主编 摄影 供图 来稿 供稿
        字号 字体 字级 大中小 等级 级别 经验 威望 金钱 铜币 楼 沙发 板凳 主题 帖子 回帖 跟帖 注册时间 最后登录 在线时间 签到 头衔 版本 语言 授权 软件
        评分 综合评分 好评 坏评 差评 星级 推荐星级 难度 人参与 人评论 人看过 人做过 人点赞 人收藏 条评论 个回答 次播放 播放 下载次数 下载量 posted 今天 昨天 小时前 分钟前 天前
        病例编号 编号 共 第 页 阅读需 分钟 预计 全文共 本文共
    """,
    "is a button": """
        顶 踩 赞 有用 无用 没用 有帮助 没帮助 非常有帮助 非常没帮助 一般 满意 不满意 基本满意 非常满意 对你有帮助 对您有帮助 是否满意 评价 播报 引用 复制代码 复制链接 全屏
        夜间 关灯 加入书架 分享到 讲 打印 打印本页 关闭 关闭窗口 纠错 报错 验证码 匿名 提交 重置 确定 取消 返回 收起回复 展开全部 显示全部 已赞过 已踩过 写评论 写留言 我要评论
        发表评论 发表留言 发帖 发贴 回帖 查看图片 完整图片 原图 放大 点击放大 按图放大 下载图片 倒序浏览 正序浏览 只看该作者 只看楼主 看全部 电梯直达 阅读模式 使用道具
        我有更好的答案 好文要顶 关注我 收藏该文 举报 屏蔽 置顶 加精 推荐给朋友 我要做 写笔记 朗读 听书 语音 护眼 视力保护色 繁体 简体 无障碍 长者 a+ a- 登录后 审核后显示 通过后
        点我 已购买 恢复购买 投币 催更 推荐票 月票 加更 抢沙发 暂无评论 还没有评论 没有更多 已到底 到底了 加载中 正在加载 加载更多
    """,
    "markets itself": """
        陪伴 一起成长 更简单 更方便 更高效 权威 每日 每天 天天 最快 最全 海量 汇聚 尽在 精彩 打造 值得 首选 领先 有用 放心 第一 第一时间 应有尽有 尽在掌握
        一站式 品牌 优质 高清 无弹窗 无广告 全本 精校 txt 完整版 高质量 紧贴 最新消息 不容错过 干货 好文 美文 好书 让学习 让生活 让你 让您 专注 致力于
    """,
}  # fmt: skip


class Voices(NamedTuple):
    """Which voices speak in a line, with which words, and how many characters these are."""

    names: frozenset[str]
    characters: int
    words: frozenset[str]


class _Ear(NamedTuple):
    automaton: AhoCorasick
    words: tuple[str, ...]
    names: tuple[str, ...]  # of the voice, for each word


@cache
def _ear() -> _Ear:
    class_of = {word: name for name, words in VOICE.items() for word in words.split()}
    automaton = AhoCorasick(
        list(class_of),
        matchkind=MatchKind.LeftmostLongest,
        implementation=Implementation.ContiguousNFA,
    )
    return _Ear(automaton, tuple(class_of), tuple(class_of.values()))


def voices(text: str) -> Voices:
    """
    The voices in a text in its folded spelling.

    >>> heard = voices("收藏 分享到微信 举报")
    >>> sorted(heard.names), heard.characters
    (['calls on the reader', 'is a button', 'names a site'], 9)
    """
    ear = _ear()
    try:
        found = ear.automaton.find_matches_as_indexes(text)
    except UnicodeEncodeError:
        return voices(LONE_SURROGATE.sub("\ufffd", text))
    return Voices(
        frozenset([ear.names[word] for word, _, _ in found]),
        sum(end - start for _, start, end in found),
        frozenset([ear.words[word] for word, _, _ in found]),
    )
