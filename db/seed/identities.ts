import { residentIdCheck } from '../../src/law/gb-11643.ts';
import { organizationCheck } from '../../src/law/gb-11714.ts';
import { usccCheck } from '../../src/law/gb-32100.ts';
import type { Random } from './random.ts';

const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/**
 * A USCC that is formally valid and belongs to nobody we know of: the organisation part counts up from `serial`.
 * `head` is registration department and kind of body: '91' enterprise, '92' 个体工商户, '93' 农民专业合作社, '11' state organ.
 */
export function makeUscc(head: string, region: number, serial: number): string {
  let rest = serial;
  let body = '';
  for (let index = 0; index < 6; index += 1) {
    body = (letters[rest % 31] ?? '0') + body;
    rest = Math.floor(rest / 31);
  }
  const eight = `MB${body}`;
  const whole = `${head}${region}${eight}${organizationCheck(eight)}`;
  return `${whole}${usccCheck(whole)}`;
}

/** A formally valid resident ID of a grown-up of the county. */
export function makeResidentId(region: number, serial: number, random: Random): string {
  const year = random.between(1962, 2000);
  const month = String(random.between(1, 12)).padStart(2, '0');
  const dayOfMonth = String(random.between(1, 28)).padStart(2, '0');
  const body = `${region}${year}${month}${dayOfMonth}${String(serial % 1000).padStart(3, '0')}`;
  return `${body}${residentIdCheck(body)}`;
}

const surnames = [
  ...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文',
];
const given = [
  ...'建国志强海军永红秀英玉兰晓东文华春生云峰丽娟德胜国栋金花立新俊杰小平爱民凤仙铁柱保平雪梅振华桂香天佑瑞芳长河明亮福贵存良改莲耀辉润生慧敏',
];
const words = [
  '晋丰',
  '恒泰',
  '瑞源',
  '汇诚',
  '金谷',
  '同兴',
  '华晟',
  '宏远',
  '永利',
  '鑫盛',
  '嘉禾',
  '丰泽',
  '太行',
  '汾河',
  '聚源',
  '德润',
  '众合',
  '晨光',
  '万通',
  '福盛',
  '天成',
  '广源',
  '新晋',
  '晋韵',
  '云丘',
  '绿野',
  '长青',
  '博远',
  '方圆',
  '博创',
  '三晋',
  '信达',
  '安泰',
  '隆昌',
];

/** A person's name: 2 or 3 characters. */
export const personName = (random: Random): string =>
  `${random.pick(surnames)}${random.pick(given)}${random.chance(0.7) ? random.pick(given) : ''}`;

/** A company's name after its county, a word and its trade; the serial keeps it from repeating. */
export function companyName(county: string, trade: string, serial: number, random: Random): string {
  const place = county.replace(/(?<=..)(县|市|区)$/, '');
  const second = random.chance(0.5) ? random.pick(given) : '';
  return `${place}${words[serial % words.length]}${second}${trade}有限公司`;
}
