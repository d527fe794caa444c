"""
The voice of sites: the words that interfaces, editors, sellers and lawyers of sites use.

Texts use most of these words as well, so a word proves nothing. But a line that has
nothing else is hardly ever a sentence of the author's: 收藏 分享 举报, 已有20人评论.
Words are in the folded spelling; the longest one that fits is taken.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from functools import cache, cached_property
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
        戳一戳 戳下 戳图 扫下 扫上 扫一下 扫描下方 识别二维码 长按识别 长按二维码 敲一下 按一下 点开看 点一点 点图 点蓝字 点右 点左 锁定 认准 记得 别忘 别忘了 不要忘记 牢记 请记住 请认准 码住 收好 存好 转走
        逛逛 看看 瞧瞧 一起来 一起看 跟着 接着看 接着往 上车 进群 入群 拉你 拉群 加群 进圈 加我 加微 加薇 加v 加q 加扣 滴滴 私我 找我们 找我 来找 投递 打卡 晒 晒出 晒一晒 竞猜 参加活动 猜一猜 测一测 测测 算一算 去提问 去评论 去下载
        想看 想学 想知道 想了解 想要 需要的 有需要的 有意者 有兴趣的 有疑问 有问题 有疑惑 还有疑问 不懂 赶快来 快去 快点 继续看 往下看 往下翻 下滑 上划 翻页看 先收藏 先关注 请先 请扫 请加 请点 请联系 请致电 请咨询
        带走 自取 自动发送 认准头像 手慢无 看置顶 留个脚印 留言告诉 让我知道 陪你 来谈 报暗号 报名从速 请注明来意 请自行 请谨慎 请绕道 请移步 移步 移步至 前往观看 点此处 去看 扫我 搜同名 搜索关注 扫码进 扫码加 扫码领 扫码看 扫码听 扫码读 下载安装 装上 挑错 报错请 选中 荐稿 自荐 投寄 征集 征稿 约稿 应征 报料 爆料 线索征集
    """,
    "speaks as a site": """
        本站 本网 本网站 本页 本页面 本平台 本库 本吧 本文档 本资源 本词条 本菜谱 本软件 该软件 该文档 该文 该文章 该资源 该内容 该菜谱 该词条 此文档 此文 本书籍 本电子书 我们的网站
        小编 编者按 编者 欢迎访问 欢迎来到 欢迎光临 欢迎进入 欢迎收藏 自动生成 信息发布平台 存储空间 存储空间服务 自发贡献 互联网用户 网友上传 用户上传 会员上传 主动上传 上传者
        收集整理 整理发布 整理编辑 精心整理 为大家 为您 为你 给大家 供大家 希望大家喜欢 大家喜欢 小伙伴 亲们 各位书友 书友 读者大大 感谢您 您可能 您还 看过本文
        本书由 本章 本章节 本小说 本书迷 书迷 追书 连载 更新至 最新章节 小说阅读 广告屏蔽 段落错乱 无法显示 迅雷 解压 解压密码 无水印 压缩 下载器 本文由 本文来自 本文标题
        本文地址 本文链接 本文作者 原文地址 原文出处 原标题 采集 转码 镜像 抓取 自动抓取 系统自动 仅保留 技术支持 运营 用户协议 隐私政策 服务条款 免责条款 会员服务 会员中心
        帮助中心 常见问题 联系客服 官方客服 审核通过 待审核 违规 下架 处理 24小时内 第一时间处理 发送邮件 邮件至 站内信 管理员删除 告知 核实后 及时删除 予以删除 立即删除
        本号 本公众号 本店 本群 本圈 本帖 本贴 本节目 本栏目 本文约 本文共 此文由 该作品 该回答 该帖 我站 我网 我库 我们平台 我方 站内 站方 系统提示 系统消息 自动合成 机器合成 用户自行 创作者上传 网友分享 网友提供 网友发布 热心网友
        上传的 上传于 传上来 拿掉 撤下 撤换 撤稿 下线 通知我们 告诉我们 告知我们 联系我们 与我们联系 和我们联系 找不到作者 侵删 侵权必删 侵权删 如侵权 若侵权 侵权请 涉侵权 涉及侵权 权利受到 伤害了您 真伪 真假 真假自辨 自行判断 自行核实 自行负责 后果自负 盈亏自负 文责自负 概不负责 概不承担 不承担 不负责 无关
        整理了 收集了 搜集 汇总 归纳 为各位 给各位 与您分享 和大家分享 跟大家分享 就到这里 到这里 到此结束 介绍到这 分享到这 讲到这 全部内容 相关内容 上面就是 以上就是 以上是 上述就是 下面就 接下来就 话不多说 废话不多说 希望对你 希望对您 希望能帮 有所帮助 有帮助
        本平台不 不作保证 不储存 只提供链接 机器翻译 系统生成 个人看法 纯属个人 纯属虚构如 有误请 内容有误 更正请 特约刊登 特此声明 谨慎采纳 有改动 有删节 有删改 略有删改 为你解答 为您解答 为您推送 每日推送 推送 本推送 今日荐 荐文 荐读 编者荐语 编后 编后语 小编说 小编有话说 作者有话说 作者的话 感谢有你 感谢阅读 感谢观看 感谢收听 感谢收看 感谢关注 手有余香 码字 老规矩
    """,
    "names a site": """
        网站 本刊 本报 本馆 全站 站点 平台 文库 书屋 书吧 小说网 文学网 中文网 客户端 公众号 公众平台 微信 微信号
        微博 抖音 快手 头条 小红书 知乎 豆瓣 贴吧 app 频道 论坛 会员 用户 网友 游客 手机版 移动版 电脑版 触屏版 官网 官方
        域名 网址 网页 页面 程序 系统 首发 专栏 vip 博客 博主 up主 网盘 百度网盘 提取码 资源 文档 范文 资料 站长 二维码 小程序
        视频号 服务号 订阅号 百家号 头条号 企鹅号 微信群 qq群 q群 交流群 读者群 书友群 粉丝 粉丝团 粉丝页 telegram line facebook twitter
        instagram youtube rss qq 电子书 电子版 阅读器 应用商店 应用市场 安卓 苹果版 android ios iphone ipad windows 电台
        直播间 直播 词条 百科 题库 图库 课件网 教案网 作文网 数据库 吧主 版主 管理员 楼主 知道网友 匿名用户 助手
        小助手 客服 热线 服务热线 编辑部 提问者 回答者 作者其他 个人中心 我的空间 空间 主页 门户 传媒 融媒 ctrl 浏览器
        公号 服务台 小店 商城 直播室 小屋 驿站 书城 书库 书阁 书斋 阅读网 文学城 文秘 文秘网 秘书网 教研网 题网 学习网 财经网 健康网 养生网 农业网 招聘网 人才网 团购 社团 客户群 会员群 学习群 资料群 交流圈 福利群 粉丝群 老师微信 小程序码 群二维码 扫码区
        浏览量统计 移动端 pc端 手机端 网页端 桌面版 微信版 专用阅读器 播放器 下载站 软件站 镜像站 主站 分站 备用站 备用网址 新网址 永久地址 收藏夹
        群文件 公告栏 评论区首条 同名公众号 全网同名 音频平台 各大平台 吧 博客园 社区版 版块 本版块 板块 频道号 扫描王 编辑器 转换器 试用版 未注册版本 注册版 存档页 快照 网页快照 百度快照
    """,
    "speaks of rights": """
        版权 版权所有 著作权 转载 转自 摘自 摘编 选自 声明 免责 免责声明 法律声明 版权声明 责任 侵权 侵犯 备案 备案号 备案序号 icp 公网安备
        标识码 许可证 举报 法律 授权 未经 许可 不得 严禁 禁止 必究 翻版 盗版 盗用 正版 copyright all rights reserved 外传 删除 出处
        来源 来自 来源于 投诉 原创 独家 独家发布 署名 注明 注明出处 仅供参考 仅供 供参考 学习交流 个人学习 学习参考 交流学习 商业用途 商用
        不代表 立场 观点 核实 真实性 准确性 协议 cc by-sa by-nc 纠错 违法 不良信息 违法和不良信息 尊重 权利人 权益 合法权益 著作人
        原作者 作者所有 归作者 归原作者 所有权 互联网 网络 收集于 整理自 自行上传 上传 仅代表 主办 承办 主管 协办
        转载须 转载需 转载请 请注明 搬运 抄袭 盗文 盗图 盗版必究 盗用必究 侵权必究 授权发布 授权转载 授权使用 获授权 已授权 经授权 归属 属原作者 归本站 版权属于 版权归 解释权 商用必究 风险提示 风险自担 谨慎投资 投资建议 投资有风险 入市需谨慎 遵医嘱 医嘱 就医 不构成 不作为 不能代替 仅作参考 只作参考 只供参考 仅供学习 仅供娱乐 娱乐参考 备案信息 知识共享 创意共享
        保留一切权利 谢绝转载 谢绝搬运 商用请 标来源 注来源 标明出处 谈授权 权利归 不得用于 严禁复制 严禁传播 禁止传播 禁止商用 传播 密级 侵删联系
    """,
    "sells": """
        免费 优惠 优惠券 购买 价格 售价 积分 充值 付费 支付 支付宝 限时 特价 代理 招商 加盟 合作 广告 广告位 商务 赚钱 返利 红包 福利 大礼包 礼包
        厂家 包邮 元/ 元起 折扣 抢购 秒杀 热卖 淘宝 京东 拼多多 店铺 旗舰店 专业 律师 在线解答 在线咨询 在线客服 竭诚 为您服务 24小时 来电
        上门 有限公司 公司 代办 代写 代发 定制 套餐 会费 订阅费 打折 半价 特惠 赠送 免费送 免费领 免费试 已有 人购买 人付款 一键 高速下载
        组卷 真题 押题 网校 课程 试听课 培训班 报班 名师 一对一 包过 挂号 问诊 名医 专家咨询 免费咨询 法律咨询 律师咨询 楼盘 询底价 报价 最低报价 库存 销量 开户 佣金
        荐股 投顾 牛股 贷款 理财 招聘 简历 职位 月薪 五险一金 厂价 批发 直销 货到付款 订购热线 全国包邮 买一送一 券后 领券 秒杀价 会员价 年费 月卡 终身会员 超值
        立减 倒计时 福利倒计时
        微同 微信同号 同微 电话同步 量大从优 厂家直发 现货 代理加盟 诚招 代购 代做 代笔 润色 定做 私教 名额有限 先到先得 限量 包成活 包会 包退 价格面议 欢迎选购 选购 询价 报价单 底价 团购价 优惠价 折上折 起拍 领劵 到手价 月销 满减 立省 免费体验 免费测 免费问 免费看 免费预约 专家在线 在线坐诊 专线 热线电话 商务合作 广告合作 招募 火热招募 看房 看房团 售楼处 精批 算命 占卜 塔罗 取名 合婚 运势测算 学币 学豆 学点 下载点 下载券 下载币 金币 积分下载 书币 书券 阅点 点券
        新人专享 首单 一手货源 一件代发 包教包会 招学徒 招聘热线 承接 辅导 一站到底 先办后付 私家 好价 清单 众测 直降 秒杀中 售罄 预售 拼购 砍价 砍价群 返现 提现 领现金 赚佣金 副业 兼职 日结 包吃住 高薪 诚聘 急聘 排班表 门诊预约 挂号不用 名医堂 转运 锦囊 开光 体质测试
    """,
    "leads elsewhere": """
        首页 上一 下一 更多 返回 目录 相关 热门 热点 热搜 热词 最新 导航 栏目 分类 标签 关于我们 关于 帮助 上一篇 下一篇 上一页 下一页
        尾页 末页 上一章 下一章 上页 下页 前一篇 后一篇 书架 书签 排行 排行榜 专题 往期 回顾 传送门 阅读 tags tag 全部 列表 反馈 网站地图
        友情链接 相关文章 相关阅读 相关推荐 相关问题 相关标签 相关疾病 相关资料 相关搜索 相关新闻 相关词条 相关专题 延伸阅读 扩展阅读 同场加映 猜你喜欢
        推荐阅读 精选 精华 往期精选 其他作品 其他菜谱 其他文章 其他回答 其他类似 类似 同类 同类热门 同系列 系列 大家还看 还看了 看了又看 下载地址
        所属分类 所属专栏 当前位置 您的位置 您现在的位置 你的位置 位置 正文 跳转 返回顶部 回到顶部 回顶部 返回列表 查看目录 点评 关键词 关键字 引用本
        新闻 资讯 图片 视频 社会 财经 娱乐 体育 科技 教育 健康 旅游 汽车 房产 军事 历史 文化 国际 国内 时政 本地 下载中心 设为首页 加入收藏
        同类文章 同类推荐 相似文档 相似推荐 相关文档 相关视频 相关图片 相关课件 相关试题 相关教案 相关范文 相关作文 相关法规 相关案例 相关企业 相关岗位 相关产品 相关词
        相关链接 你可能喜欢 你可能感兴趣 您可能感兴趣 为你推荐 为您推荐 精彩推荐 热门推荐 今日推荐 小编推荐 编辑推荐 推荐文章 推荐视频 最近更新 最新文章 最新发布 最新评论
        热门文章 热门评论 热门标签 热门搜索 热门话题 热门专题 本周热门 本月热门 点击排行 阅读排行 下载排行 排行榜单 栏目导航 网站导航 快捷导航 首页导航 上一条 下一条 上一个
        下一个 上一主题 下一主题 上一节 下一节 返回上页 返回书页 返回目录 返回栏目 文章导航 本文目录 章节目录 作品目录 站内搜索 高级检索 检索 期刊 会议 专利
        大家都在 都在看 都在读 都在搜 都爱看 还在看 还在读 也在看 也看了 还看过 还搜 还问 还关注 人还看 猜您 猜你 猜您喜欢 猜你想 你会喜欢 您会喜欢 可能还想 可能想看 你可能还 您可能还 接着读 同款 同城 附近 近期文章 历史文章 旧文 旧闻 上期 下期预告 上一则 下一则 上一回 下一回 上一题 下一题 上一讲 下一讲 前一条 后一条 前一章 后一章 前一页 后一页 前一回 后一回 书目录 章节列表 全部章节 本书其他 作者其它 最近文章 其它文章 更多文章 更多作品 精彩继续 精彩视频 延伸 另请参阅 参见 参考阅读 推荐作品 好书推荐 新书推荐 同栏目 同专题 同标签 热门作品 热点新闻 头条新闻 今日头条 本周 本月 总榜 收录于 话题 合集 专辑 文集 归档 友链
        随便看看 换个口味 按月归档 文章索引 类似试题 相似试题 类似问题 最像的 买了 读过这本书 常去 合作媒体 其他频道 上接 下转 紧接 下集 上集 全集 选集 剧集 更多频道 换城市 当前城市 所在版块 子类 范文导航 写作导航 你错过的 大家在问 大家在搜 大家在看 都在问
    """,
    "counts or dates": """
        次数 浏览量 浏览次数 点击量 点击数 阅读数 阅读量 访问量 访问次数 人气 评论 评论数 回复数 字数 总字数 页数 大小 文件大小 格式 类型 更新 更新时间
        更新于 发布 发布于 发布时间 发表于 创建 创建于 上传时间 提问时间 时间 日期 编辑 作者 记者 通讯员 责编 责任编辑 审核 校对 监制 终审 主编 摄影 供图 来稿 供稿
        字号 字体 字级 大中小 等级 级别 经验 威望 金钱 铜币 楼 沙发 板凳 主题 帖子 回帖 跟帖 注册时间 最后登录 在线时间 签到 头衔 版本 语言 软件
        评分 综合评分 好评 坏评 差评 星级 推荐星级 难度 人参与 人评论 人看过 人做过 人点赞 人收藏 条评论 个回答 次播放 播放 下载次数 下载量 posted 今天 昨天 小时前 分钟前 天前
        病例编号 编号 共 第 页 阅读需 分钟 预计 全文共
        索引号 主题分类 发布机构 成文日期 有效性 公开方式 信息名称 文号 组配分类 废止日期 发文机关 公开日期 文档编号 文档序号 上传日期 浏览人数 收录 收录时间 出版时间
        出版日期 刊号 期号 版次 字数统计 阅读时长 在线人数 总帖 今日 昨日 会员数 粉丝数 文章数 获赞 获赞数 勋章 性别 来自手机 发帖数 精华帖 查看次数 热度 楼层 举报电话
        浏览过 看过 看过的人 点击 被浏览 被下载 被收藏 被查看 已浏览 已阅读 已下载 已学 已播放 播放量 收听 收听量 总浏览 总访问 今日访问 访客 位访客 在看人数 阅读人数 有人 人喜欢 人在看 人关注 人回答 人学过 人打赏 条回复 条留言 个赞 个评论 悬赏 悬赏分 采纳 采纳率 采纳数 悬赏金 发表时间 刷新 刷新于 今日更新 最后修改 最后更新 最后编辑 最近更新时间 修改于 编辑于 回答于 提问于 上传日 有效期 点数 分值 容量 体积 页码 时长 课时 段评 章评 书评数 采编
        点击率 总点击 总推荐 总收藏 圈粉 已写 全站第 使用次数 组卷次数 难易 题型 课型 节次 星级评定 打印日期 生成于 扫描件 有人评 发表日期 录入时间 收藏数 点赞数 转发数 分享数 关注数 声望 帖数 发帖量 在线 离线 上次登录
    """,
    "is a button": """
        顶 踩 赞 有用 无用 没用 没帮助 非常有帮助 非常没帮助 一般 满意 不满意 基本满意 非常满意 对你有帮助 对您有帮助 是否满意 评价 播报 引用 复制代码 复制链接 全屏
        夜间 关灯 加入书架 分享到 讲 打印 打印本页 关闭 关闭窗口 报错 验证码 匿名 邮箱地址 电子邮件地址 提交 重置 确定 取消 收起回复 展开全部 显示全部 已赞过 已踩过 写评论 写留言 我要评论
        发表评论 发表留言 发帖 发贴 查看图片 完整图片 原图 放大 点击放大 按图放大 下载图片 倒序浏览 正序浏览 只看该作者 只看楼主 看全部 电梯直达 阅读模式 使用道具
        我有更好的答案 好文要顶 关注我 收藏该文 屏蔽 置顶 加精 推荐给朋友 我要做 写笔记 朗读 听书 语音 护眼 视力保护色 繁体 简体 无障碍 长者 a+ a- 登录后 审核后显示 通过后
        点我 已购买 恢复购买 投币 催更 推荐票 月票 加更 抢沙发 暂无评论 还没有评论 没有更多 已到底 到底了 加载中 正在加载 加载更多
        在线阅读 在线观看 试听 弹幕 三连 倍速 清晰度 加载 翻页 跳页 夜间模式 目录页 简体版 繁体版 大号 中号 小号 换一换 换一批 换源 全选 反选 编辑资料 撤销
        发送 插入 表情 上传图片 截屏 保存图片 大图 缩略图 放大图片 展开阅读 点击展开 显示更多 隐藏 折叠 只看 倒序 正序 最新回复 快速回复 高级模式 发新帖 发起投票 收藏本站
        收藏本页 加入购物车 立即购买 立即咨询 立即报名 立即下载 立即注册 免费注册 免费试用 去看看 去查看 我知道了 同意 不同意 下次再说 稍后阅读 不感兴趣 踩一下 顶一下 赞一个
        赞一下 打分 建议 意见反馈 在线提问 我要咨询 我要留言 我也要说 说两句 写书评 写短评
        戳这 字体大 字体小 加大 缩小 大字 小字 语速 音量 倍速播放 静音 暂停 定时关闭 横屏 竖屏 投屏 设置 白天 日间 护眼绿 菜单 呼出菜单 收起目录 展开目录 目录收起 折叠全部 展开剩余 展开更多 查看原图 大图模式 举报该 举报此 举报这 纠正 我来改 我来补充 我来回答 我来说 我也来 写回答 写点评 写感想 发弹幕 发评论 抢首评 第一个评论 快来抢 已采纳 已解决 未解决 待解决 赞同 反对 感谢 不喜欢 踩一脚 给个赞 送花 送礼物 扔鸡蛋 支持 好看 关闭本页 关闭页面 合上 收起本页 顶部 返回上级 返回上一级 退出 退出登录 切换 切换城市 换个 刷新页面 重试 重新加载 加载失败 网络异常 下载原文件 导出 转存 另存 另存为 打印预览 批注 标注 划线 生成海报 海报
        长截图 存为图片 语音播放 复制全文 发给好友 生成卡片 送鲜花 扔砖 打个赏 打赏支持 催一催 催更新 挑错别字 试读 免费读 立即阅读 开始阅读 继续学习 开始答题 查看解析 查看答案 收藏试题 加入试卷 加入清单 一键复制 一键生成 一键领取 领资料 退出账号 消息 通知 无痕模式 纯文字版
    """,
    "names who made it": """
        文字 图文 撰文 撰稿 执笔 编审 审校 校审 初审 复审 一审 二审 三审 策划 统筹 出品 制作 制图 绘图 绘画 插画 插图 封面 设计 排版 版式 视觉 美编 剪辑 后期
        录音 配音 配乐 朗诵 诵读 主播 作词 作曲 编曲 词曲 演唱 原唱 和声 翻译 译者 编译 听译 校译 字幕 时间轴 供稿单位 特约作者 特约撰稿 撰稿人 值班编辑 值班主任 美术编辑 新媒体编辑
        见习记者 实习记者 实习编辑 实习生 本报记者 本刊记者 本网记者 首席记者 特派记者 作者简介 作者单位 笔名 录入 录入者 录入员 上传人 发布人 发布者 发帖人 投稿人 整理者 提供者 分享者
        指导老师 指导教师 辅导老师 推荐人 主讲 主讲人 讲师 创作者 原创作者 本文系 受访者供图 受访者提供 供图者 图源 图片来源 配图 题图
    """,
    "asks for applause": """
        觉得有用 觉得不错 觉得好 不错的话 有用的话 如果你也 如果您 动动手指 动动小手 小手 点一下 点个 点亮 小红心 爱心 小心心 点点 支持一下 给个 求个 求票 投个票 鼓励
        鲜花 鸡蛋 打赏作者 赏个 加油 评论区 留言区 弹幕区 下方 右上角 右下角 左下角 左上角 屏幕 文末 底部 上方 名片 卡片 蓝字 标题下方 转给 转告 告诉更多人 让更多人 朋友圈
        下期 下期见 我们下期 明天见 明天继续 期待您 欢迎来 欢迎您 欢迎大家 你怎么看 您怎么看 怎么看 说说 聊聊 聊一聊 唠唠 互动 来说说 暗号 口令 回复关键词 后台 私聊 圈子 社群
    """,
    "markets itself": """
        陪伴 一起成长 更简单 更方便 更高效 权威 每日 每天 天天 最快 最全 海量 汇聚 尽在 精彩 打造 值得 首选 领先 放心 第一 第一时间 应有尽有 尽在掌握
        一站式 品牌 优质 高清 无弹窗 无广告 全本 精校 txt 完整版 高质量 紧贴 最新消息 不容错过 干货 好文 美文 好书 让学习 让生活 让你 让您 专注 致力于
    """,
}  # fmt: skip


class Voices(NamedTuple):
    """Which voices speak in a line, with which words, and how many characters these are."""

    names: frozenset[str]
    characters: int
    words: frozenset[str]
    first: tuple[str, ...] = ()  # the voice that begins the line
    last: tuple[str, ...] = ()  # the one that ends it


LETTERS = re.compile("[a-z\u3400-\u4dbf\u4e00-\u9fff]+")
QUOTED = re.compile('"[^"]*"|「[^」]*」|『[^』]*』|《[^》]*》')
QUOTES = re.compile('["「『《]')  # what a quotation begins with
NEAR = 1  # characters between a voice and the end of its line: a bracket, a mark
LARGE = 1 << 20  # characters of a text whose words are remembered


SILENCE = Voices(frozenset(), 0, frozenset())


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


Found = tuple[int, int, int]  # a word by its number, from where to where


def voices(text: str) -> Voices:
    """
    The voices in a text in its folded spelling.

    >>> heard = voices("收藏 分享到微信 举报")
    >>> sorted(heard.names), heard.characters
    (['calls on the reader', 'is a button', 'names a site', 'speaks of rights'], 9)
    """
    return _heard(_found(text), 0, len(text))


def _found(text: str) -> Sequence[Found]:
    """The words of sites in a text, in order."""
    try:
        return _ear().automaton.find_matches_as_indexes(text)
    except UnicodeEncodeError:
        return _found(LONE_SURROGATE.sub("\ufffd", text))


def _heard(found: Sequence[Found], start: int, end: int) -> Voices:
    """The voices of the words that were found between `start` and `end`."""
    if not found:
        return SILENCE
    ear = _ear()
    (first, begins, _), (last, _, ends) = found[0], found[-1]
    return Voices(
        frozenset([ear.names[word] for word, _, _ in found]),
        sum([b - a for _, a, b in found]),
        frozenset([ear.words[word] for word, _, _ in found]),
        (ear.names[first],) if begins - start <= NEAR else (),
        (ear.names[last],) if ends >= end - NEAR else (),
    )


def numbers_of(words: Collection[str]) -> frozenset[int]:
    """The numbers by which such words are found."""
    return frozenset([number for number, word in enumerate(_ear().words) if word in words])


class Spoken:
    """
    A text in its folded spelling, whose words of sites are found once and asked for by stretches.

    >>> said = Spoken("收藏 分享到微信 举报")
    >>> said.voices(3, 8) == voices("分享到微信"), said.speaks(2, 3)
    (True, False)
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _found(self) -> Sequence[Found] | None:
        # In a text of any size the words would take more memory than the text.
        return _found(self.text) if len(self.text) <= LARGE else None

    @cached_property
    def _starts(self) -> Sequence[int]:
        return [start for _, start, _ in self._found or ()]

    def words(self, start: int, end: int) -> Sequence[Found]:
        """The words in text[start:end], as they would be found in it alone."""
        found = self._found
        if found is not None:
            first = bisect_left(self._starts, start)
            last = bisect_left(self._starts, end, first)
            if not (first and found[first - 1][2] > start) and not (
                first < last and found[last - 1][2] > end
            ):
                return found[first:last]
        # An edge of the stretch stands inside of a word: shorter ones may be found.
        return [(word, start + a, start + b) for word, a, b in _found(self.text[start:end])]

    def speaks(self, start: int, end: int) -> bool:
        """Whether text[start:end] has any word of sites."""
        return bool(self.words(start, end))

    def different(self, start: int, end: int) -> int:
        """How many different words of sites are in text[start:end]."""
        return len({word for word, _, _ in self.words(start, end)})

    def voices(self, start: int, end: int) -> Voices:
        """The voices in text[start:end]."""
        return _heard(self.words(start, end), start, end)

    def share(self, start: int, end: int) -> float:
        """How much of the letters of text[start:end] are words of sites, as `share` counts."""
        found = self.words(start, end)
        if not found:
            return 0.0
        said = self.text[start:end]
        if QUOTES.search(said):
            return share(said)
        return sum([b - a for _, a, b in found]) / sum(map(len, LETTERS.findall(said)))


def share(said: str) -> float:
    """
    How much of the letters of a text in its folded spelling are words of sites; quoted words are
    not its own.

    >>> round(share("欢迎收藏本站"), 1), share('"欢迎收藏"四个字')
    (1.0, 0.0)
    """
    said = QUOTED.sub('""', said)
    letters = sum(map(len, LETTERS.findall(said)))
    return voices(said).characters / letters if letters else 0.0
