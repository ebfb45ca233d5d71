import { descendants, unescapeXml, type XmlElement } from './xml.ts';

/** {{name}}, {{#name}} and {{/name}}. */
export const fieldPattern = /\{\{\s*([#/]?)\s*([^{}]+?)\s*\}\}/g;

/** The text elements of a paragraph in order, without those of paragraphs inside it (text boxes). */
export const textsOf = (paragraph: XmlElement): XmlElement[] =>
  [...descendants(paragraph.children, (each) => each.name !== 'w:p')].filter(
    (each) => each.name === 'w:t' && !each.isEmpty,
  );

/** What a text element says. */
export const sayingOf = (element: XmlElement): string =>
  unescapeXml(element.children.filter((each) => typeof each === 'string').join(''));

/** What a paragraph says, its runs put together. */
export const textOfParagraph = (paragraph: XmlElement): string => textsOf(paragraph).map(sayingOf).join('');

/** The paragraphs below, those inside text boxes too. */
export const paragraphsOf = (nodes: readonly (XmlElement | string)[]): XmlElement[] =>
  [...descendants(nodes)].filter((each) => each.name === 'w:p');
