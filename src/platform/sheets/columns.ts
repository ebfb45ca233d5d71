import type { Column } from './table.ts';

const whenNull = '—';

/** A column of text, so many characters wide (one 汉字 counts two); '—' where there is none. */
export const textColumn = (key: string, title: string, width = 18): Column => ({
  key,
  title,
  type: 'text',
  width,
  whenNull,
});
/** A column of whole numbers; '—' where there is none. */
export const countColumn = (key: string, title: string): Column => ({ key, title, type: 'integer', whenNull });
/** A column of amounts in the table's unit; '—' where there is none. */
export const moneyColumn = (key: string, title: string): Column => ({ key, title, type: 'money', whenNull });
/** A column of days; '—' where there is none. */
export const dayColumn = (key: string, title: string): Column => ({ key, title, type: 'day', whenNull });
