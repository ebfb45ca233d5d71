import type { FastifyInstance } from 'fastify';
import { type ApiDocument, completeDocument } from './platform/openapi.ts';
import { documentPage } from './platform/openapi-page.ts';

/** What each group of operations is for, as the API page says it. */
const tags: Readonly<Record<string, string>> = {
  登录: '登录、退出、会话与动态口令。',
  用户与授权: '用户、角色、授权，政企分开与三员分立的证明。',
  接入系统: '其他系统（银行、监测系统）的登记，以及 OAuth 2.0 客户端凭据换取令牌。',
  审计: '只增不改、逐条链接的审计日志及其校验。',
  机构: '担保机构、主管部门与行政区划的名录、许可、沿革。',
  银行: '合作银行、分支机构与名称对照。',
  客户: '企业、个体工商户、农户及其规模划型的依据。',
  产品: '产品的历次版本、版本差异与准入模拟。',
  银行准入: '集中准入：评分、资料、决定、复审、暂停与退出（指引第十三、十四条）。',
  额度: '额度仪表、预留、银行统一授信、年度额度与县域目标（条例第十五、十六条）。',
  合作协议: '银担合作协议与各方分险比例的历次版本。',
  保函台账: '保函、变动、任一日的在保余额、责任余额与放大倍数。',
  总账: '复式记账的流水与试算平衡。',
  导入: '按映射方案导入台账：预览、试算、逐行判定、入账、退回不合格行。',
  批量业务: '总对总、见贷即担：银行按批报送，逐行判断、部分接受、退回坏行、代偿率仪表、事后抽查与剔除。',
  每日报送: '每日向监测系统报送的数据包、回执与看板（指引第十五条）。',
  数据核对: '与监测系统逐笔核对：差异、原因、处理、封存。',
  季度反馈: '经核对的季度数据凭证：出具、异议、答复、生效（指引第十五条）。',
  补偿补贴: '按生效凭证计算、预拨与清算（指引第十六条）。',
  公开验证: '持凭证者凭验证码核验，不需登录。',
  回调通知: '事件发生后主动通知其他系统：签名、重试、投递记录。',
  制度图谱: '条款、参数版本、规则与测试的对应。',
  银行逐笔状态: '银行每个业务日对每笔在保业务报状态：文件、接口、回执、应报未报、疑问。',
  保后管理: '反担保登记簿、按风险排定的检查、五级分类。',
  风险预警: '风险事件：知悉日起按工作日计时、共同方案、任务、关闭。',
  保后变更与解保: '展期、续贷链、内容变更与各方同意、解保与退费试算。',
  担保项目: '一个项目从申请、尽调、评审、审批、文书到放款在保（指引第十三条）。',
  审批: '一套审批引擎：待办、同意、退回、加签、转办、委托、评审会表决与流程设置。',
  附件: '按内容认定类型的上传、下载与资料清单完整度。',
  文书: '编号、签章、作废、合并打印的文书。',
  文书模板: '机构自有模板的版本、比较与预览。',
  再担保备案: '按月申报、校验、确认与退回，备案率（指引第十三条）。',
  信用信息: '凭授权查询信用平台：授权台账与查询留痕。',
  客户查询: '客户凭证件与短信验证码查看自己的业务、提交资料。',
  '监测系统替身（演示）': '仅限演示：让监测系统替身出错，看核对能否找出。',
  工作台: '待办与首页汇总。',
};

/** /api/openapi.json and, to read, /api/docs: both worked out once, of every route registered by then. */
export function documentRoutes(app: FastifyInstance): void {
  const hidden = { config: { permission: 'public' }, schema: { hide: true } } as const;
  let document: ApiDocument | undefined;
  const complete = () => {
    if (document) return document;
    document = completeDocument(app.swagger() as unknown as ApiDocument, app.apiRoutes, tags);
    const token = document.paths['/oauth/token']?.post?.requestBody?.content;
    // OAuth clients post a form; the route reads both.
    if (token?.['application/json']) token['application/x-www-form-urlencoded'] = token['application/json'];
    return document;
  };
  app.get('/api/openapi.json', hidden, () => complete());
  app.get('/api/docs', hidden, (_, reply) => {
    const { html, policy } = documentPage(complete());
    return reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(html);
  });
}
