/** GET /api/law-map: article → parameters with all their versions → rules → tests, generated from the source. */
export type LawMap = { readonly documents: readonly LawDocument[] };

export type LawDocument = {
  readonly document: string;
  readonly number: string;
  readonly issuer?: string;
  readonly issuedOn?: string | null;
  readonly inForceOn?: string | null;
  readonly checkedOn?: string | null;
  readonly caveat?: string | null;
  readonly articles: readonly LawArticle[];
};

export type LawArticle = {
  readonly article: string;
  readonly text: string;
  readonly parameters: readonly LawParameter[];
  readonly rules: readonly { readonly title: string; readonly file: string }[];
  readonly tests: readonly { readonly title: string; readonly file: string; readonly cases: readonly string[] }[];
};

export type LawParameter = {
  readonly rule: string;
  readonly title: string;
  readonly versions: readonly {
    readonly from: string;
    readonly value: string;
    readonly unverified?: string | null;
  }[];
};

export type FoundArticle = { readonly document: LawDocument; readonly article: LawArticle };

export const isUnverified = (article: LawArticle): boolean =>
  article.parameters.some((parameter) => parameter.versions.some((version) => version.unverified));

/** Every article with an unverified figure first, then by document; `text` narrows by document, article, title or value. */
export function findArticles(map: LawMap, text: string): readonly FoundArticle[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = map.documents.flatMap((document) => document.articles.map((article) => ({ document, article })));
  const matching = all.filter((each) => words.every((word) => textOf(each).includes(word)));
  return [
    ...matching.filter(({ article }) => isUnverified(article)),
    ...matching.filter(({ article }) => !isUnverified(article)),
  ];
}

function textOf({ document, article }: FoundArticle): string {
  const parameters = article.parameters.flatMap((each) => [
    each.rule,
    each.title,
    ...each.versions.map((v) => v.value),
  ]);
  return [document.document, document.number, article.article, article.text, ...parameters].join(' ').toLowerCase();
}
