/** The smallest thing a rule may cite: a document, its number (文号) and the article in it. */
export type Article = { readonly document: string; readonly number: string; readonly article: string };

/** 《融资担保公司监督管理条例》（国务院令第683号）第十六条. */
export const cite = (article: Article): string => `《${article.document}》（${article.number}）${article.article}`;
