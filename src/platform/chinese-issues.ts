import { z } from 'zod';

const kinds: Readonly<Record<string, string>> = {
  string: '文字',
  number: '数',
  int: '整数',
  boolean: '是或否',
  array: '列表',
  object: '一组字段',
  record: '一组字段',
  date: '日期',
};
const formats: Readonly<Record<string, string>> = {
  date: '日期 YYYY-MM-DD',
  datetime: '时间（ISO 8601）',
  email: '电子邮箱',
  url: '网址',
  uuid: 'UUID',
};

const sizeOf = (origin: string, count: unknown): string =>
  origin === 'string' ? `${count} 个字` : origin === 'array' || origin === 'set' ? `${count} 项` : String(count);

/**
 * What is wrong with a value of a request, in Chinese, for what a contract does not say in its own words.
 * Set once for the whole process, where the server is made.
 */
export function speakChinese(): void {
  z.config({
    customError: (issue) => {
      switch (issue.code) {
        case 'invalid_type':
          return issue.input === undefined || issue.input === null
            ? '必填'
            : `须为${kinds[issue.expected] ?? '所列类型'}`;
        case 'invalid_value':
          return `须为以下之一：${issue.values.map(String).join('、')}`;
        case 'too_small':
          return issue.origin === 'string' && issue.minimum === 1
            ? '必填'
            : `不得少于 ${sizeOf(issue.origin, issue.minimum)}${issue.inclusive === false ? '（不含）' : ''}`;
        case 'too_big':
          return `不得超过 ${sizeOf(issue.origin, issue.maximum)}${issue.inclusive === false ? '（不含）' : ''}`;
        case 'invalid_format':
          return `须为${formats[issue.format] ?? '规定的格式'}`;
        case 'not_multiple_of':
          return `须为 ${issue.divisor} 的整数倍`;
        case 'unrecognized_keys':
          return `没有这些字段：${issue.keys.join('、')}`;
        case 'invalid_union':
          return '与任何一种写法都不相符';
        default:
          return '不符合要求';
      }
    },
  });
}
