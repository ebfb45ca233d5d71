import type { LawMap, MapArticle, MapDocument, MapParameter } from './gen-law-map.ts';

/** docs/reference/law-map.md: unverified figures first, then every document in order of force. */
export function renderLawMap({ counts, unverified, documents }: LawMap): string {
  return [
    '# 法规地图',
    '',
    '条款 → 参数与版本 → 规则 → 测试。由 `npm run gen` 生成，请勿手改；要改数值，改 `src/law/` 下对应的文件。',
    '条款文字是要点转述，不是原文；条款号未核实的，以内容标题代替。',
    '',
    `${counts.documents} 份文件，${counts.articles} 条，${counts.parameters} 个参数 ${counts.versions} 个版本，其中 ${counts.unverified} 个版本未核实；${counts.rules} 条规则，${counts.tests} 组测试。`,
    '',
    '## 未核实的数值',
    '',
    '这些数值没有与原文核对过。凡由它们得出的结论，界面与拒绝理由都带着下列标记。',
    '',
    '| 规则号 | 参数 | 自 | 数值 | 标记 | 出处 |',
    '|---|---|---|---|---|---|',
    ...unverified.map((each) => row(each.rule, each.title, each.from, brief(each.value), each.mark, each.citation)),
    '',
    ...documents.flatMap(renderDocument),
  ].join('\n');
}

function renderDocument(document: MapDocument): string[] {
  const { number, issuer, issuedOn, inForceOn, checkedOn, caveat, file } = document;
  return [
    `## 《${document.document}》（${number}）`,
    '',
    `${issuer}；${issuedOn ? `${issuedOn} 印发，` : ''}${inForceOn ? `${inForceOn} 起施行` : '施行日期未见'}；${checkedOn} 核对。\`${file}\``,
    ...(caveat ? ['', `> 注意：${caveat}。`] : []),
    '',
    ...document.articles.flatMap(renderArticle),
  ];
}

function renderArticle(article: MapArticle): string[] {
  return [
    `### ${article.article}`,
    '',
    article.text,
    '',
    ...(article.parameters.length === 0
      ? []
      : [
          '| 规则号 | 参数 | 自 | 数值 | 标记 | 使用它的规则 |',
          '|---|---|---|---|---|---|',
          ...article.parameters.flatMap(renderParameter),
          '',
        ]),
    ...(article.alsoFixes.length === 0
      ? []
      : [`本条也是以下参数某一版本的出处：${article.alsoFixes.join('、')}。`, '']),
    ...article.rules.map(({ name, title, file, summary, usedBy }) => {
      const users = usedBy.length === 0 ? '' : `（用于 ${usedBy.map((path) => `\`${path}\``).join('、')}）`;
      return `- 规则 ${title} \`${name}\`（\`${file}\`）：${summary}${users}`;
    }),
    ...article.tests.map(({ title, file }) => `- 测试 ${title}（\`${file}\`）`),
    '',
  ];
}

const renderParameter = ({ rule, title, versions, rules }: MapParameter): string[] =>
  versions.map((each) =>
    row(rule, title, each.from, each.value, each.unverified ?? '', rules.map((name) => `\`${name}\``).join(' ')),
  );

const row = (...cells: readonly string[]): string =>
  `| ${cells.map((each) => each.replaceAll('|', '\\|')).join(' | ')} |`;
const brief = (value: string): string => (value.length <= 60 ? value : `${value.slice(0, 60)}…`);
