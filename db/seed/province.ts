import { makeUscc } from './identities.ts';

/** An institution of the demo province, before it has an id. */
export type PlannedInstitution = {
  readonly key: string;
  readonly code: string;
  readonly name: string;
  readonly shortName: string;
  readonly kind:
    | 'guarantor'
    | 'reguarantor'
    | 'national-fund'
    | 'bank'
    | 'finance-bureau'
    | 'regulator'
    | 'reform-office'
    | 'county-government'
    | 'auditor';
  readonly level: 1 | 2 | 3;
  readonly regionCode: number;
  readonly licenceNo?: string;
  /** 万元; guarantors only. */
  readonly registeredCapitalWan?: number;
  readonly netAssetsWan?: number;
};

type Region = {
  readonly code: number;
  readonly name: string;
  readonly level: number;
  readonly parentCode: number | null;
};

/** Banks of the demo: real kinds of bank, so that screens look as they will; nothing else about them is real. */
const banks = [
  ['中国工商银行股份有限公司山西省分行', '工行山西分行'],
  ['中国农业银行股份有限公司山西省分行', '农行山西分行'],
  ['中国银行股份有限公司山西省分行', '中行山西分行'],
  ['中国建设银行股份有限公司山西省分行', '建行山西分行'],
  ['交通银行股份有限公司山西省分行', '交行山西分行'],
  ['中国邮政储蓄银行股份有限公司山西省分行', '邮储山西分行'],
  ['山西银行股份有限公司', '山西银行'],
  ['晋商银行股份有限公司', '晋商银行'],
  ['山西农村商业联合银行股份有限公司', '山西农商联合银行'],
  ['中国光大银行股份有限公司太原分行', '光大太原分行'],
  ['招商银行股份有限公司太原分行', '招行太原分行'],
  ['兴业银行股份有限公司太原分行', '兴业太原分行'],
] as const;

const bare = (name: string): string => (name.length > 2 ? name.replace(/(市|县|区)$/, '') : name);

/** About 40 counties whose guarantor has not been merged yet: every third by code. */
export const unmergedCounties = (regions: readonly Region[]): Region[] =>
  regions
    .filter((region) => region.level === 3)
    .filter((_, index) => index % 3 === 1)
    .slice(0, 40);

type Maker = { state(region: number): string; firm(region: number): string };

/** Makes formally valid credit codes that count up, so that the same province gets the same codes. */
function codeMaker(): Maker {
  let serial = 700;
  const code = (head: string, region: number) => {
    serial += 1;
    return makeUscc(head, region, serial);
  };
  return { state: (region) => code('11', region), firm: (region) => code('91', region) };
}

/** Every institution of the demo province. Names other than the region's and the re-guarantor's are made up. */
export function plannedInstitutions(regions: readonly Region[]): PlannedInstitution[] {
  const make = codeMaker();
  const cities = regions.filter((region) => region.level === 2);
  const cityOf = new Map(cities.map((city) => [city.code, city.name]));
  const inCity = (county: Region) => `${cityOf.get(county.parentCode ?? 0) ?? ''}${county.name}`;
  return [
    ...ofProvince(make),
    ...cities.flatMap((city, index) => ofCity(make, city, index)),
    // 城区、矿区、郊区 exist in more than one city: the city's name keeps them apart.
    ...regions.filter((region) => region.level === 3).flatMap((county) => ofCounty(make, county, inCity(county))),
    ...unmergedCounties(regions).flatMap((county, index) => ofUnmerged(make, county, inCity(county), index)),
  ];
}

const province = 140000;

function ofProvince({ state, firm }: Maker): PlannedInstitution[] {
  const at = { level: 1, regionCode: province } as const;
  const list: PlannedInstitution[] = [
    {
      key: 'reguarantor',
      code: firm(province),
      name: '山西省融资再担保集团有限公司',
      shortName: '省再担保',
      kind: 'reguarantor',
      licenceNo: '晋A00001',
      ...at,
    },
    {
      key: 'fund',
      code: firm(province),
      name: '国家融资担保基金有限责任公司',
      shortName: '国家融担基金',
      kind: 'national-fund',
      ...at,
    },
    {
      key: 'finance-140000',
      code: state(province),
      name: '山西省财政厅',
      shortName: '省财政厅',
      kind: 'finance-bureau',
      ...at,
    },
    {
      key: 'regulator-140000',
      code: state(province),
      name: '山西省地方金融管理局',
      shortName: '省金融管理局',
      kind: 'regulator',
      ...at,
    },
    { key: 'auditor', code: state(province), name: '山西省审计厅', shortName: '省审计厅', kind: 'auditor', ...at },
  ];
  for (const [name, shortName] of banks) {
    list.push({ key: `bank-${list.length}`, code: firm(province), name, shortName, kind: 'bank', ...at });
  }
  return list;
}

function ofCity({ state, firm }: Maker, { code, name }: Region, index: number): PlannedInstitution[] {
  const short = bare(name);
  const at = { level: 2, regionCode: code } as const;
  const guarantor = {
    licenceNo: `晋B${String(index + 1).padStart(5, '0')}`,
    registeredCapitalWan: 50_000 + index * 3_000,
    netAssetsWan: 52_600 + index * 3_150,
  };
  return [
    {
      key: `guarantor-${code}`,
      code: firm(code),
      name: `${name}融资担保有限公司`,
      shortName: `${short}市担保`,
      kind: 'guarantor',
      ...at,
      ...guarantor,
    },
    {
      key: `finance-${code}`,
      code: state(code),
      name: `${name}财政局`,
      shortName: `${short}市财政局`,
      kind: 'finance-bureau',
      ...at,
    },
    {
      key: `regulator-${code}`,
      code: state(code),
      name: `${name}金融工作办公室`,
      shortName: `${short}市金融办`,
      kind: 'regulator',
      ...at,
    },
    {
      key: `reform-${code}`,
      code: state(code),
      name: `${name}融资担保机构改革领导小组办公室`,
      shortName: `${short}市改革办`,
      kind: 'reform-office',
      ...at,
    },
  ];
}

function ofCounty({ state }: Maker, { code, name }: Region, full: string): PlannedInstitution[] {
  const at = { level: 3, regionCode: code } as const;
  return [
    {
      key: `finance-${code}`,
      code: state(code),
      name: `${full}财政局`,
      shortName: `${name}财政局`,
      kind: 'finance-bureau',
      ...at,
    },
    {
      key: `regulator-${code}`,
      code: state(code),
      name: `${full}金融工作服务中心`,
      shortName: `${name}金融中心`,
      kind: 'regulator',
      ...at,
    },
  ];
}

/** A county with a guarantor of its own still, and the county government that will merge it. */
function ofUnmerged({ state, firm }: Maker, { code, name }: Region, full: string, index: number): PlannedInstitution[] {
  const at = { level: 3, regionCode: code } as const;
  const guarantor = {
    licenceNo: `晋C${String(index + 1).padStart(5, '0')}`,
    registeredCapitalWan: 5_000 + (index % 6) * 1_000,
    netAssetsWan: 5_120 + (index % 6) * 1_030,
  };
  return [
    {
      key: `government-${code}`,
      code: state(code),
      name: `${full}人民政府`,
      shortName: `${name}政府`,
      kind: 'county-government',
      ...at,
    },
    {
      key: `guarantor-${code}`,
      code: firm(code),
      name: `${full}中小企业融资担保有限公司`,
      shortName: `${name}担保`,
      kind: 'guarantor',
      ...at,
      ...guarantor,
    },
  ];
}

/** The demo's people: one for each role, with the account they sign in with. `at` names the institution by key. */
export const plannedPeople = [
  { account: 'kehu', name: '王建国', role: 'r01-client-manager', at: 'guarantor-140100' },
  { account: 'kehu2', name: '孙丽', role: 'r01-client-manager', at: 'guarantor-140100' },
  { account: 'fengkong', name: '李慧敏', role: 'r02-risk', at: 'guarantor-140100' },
  { account: 'pingshen', name: '张志远', role: 'r03-committee', at: 'guarantor-140100' },
  { account: 'pingshen2', name: '白建平', role: 'r03-committee', at: 'guarantor-140100' },
  { account: 'pingshen3', name: '田玉梅', role: 'r03-committee', at: 'guarantor-140100' },
  { account: 'baohou', name: '赵永明', role: 'r04-assets', at: 'guarantor-140100' },
  { account: 'caiwu', name: '刘晓芳', role: 'r05-finance-officer', at: 'guarantor-140100' },
  { account: 'tongji', name: '陈丽娟', role: 'r06-statistics', at: 'guarantor-140100' },
  { account: 'datong', name: '贺文斌', role: 'r06-statistics', at: 'guarantor-140200' },
  { account: 'zaidan', name: '郭海峰', role: 'r07-reguarantee', at: 'reguarantor' },
  { account: 'zaidan2', name: '梁秀英', role: 'r07-reguarantee', at: 'reguarantor' },
  { account: 'hedui', name: '孟雪梅', role: 'r08-reconciliation', at: 'reguarantor' },
  { account: 'yinhang', name: '薛振华', role: 'r09-bank', at: 'bank-5' },
  { account: 'caizheng', name: '杜国栋', role: 'r10-finance-bureau', at: 'finance-140100' },
  { account: 'xiancaizheng', name: '侯春生', role: 'r10-finance-bureau', at: 'finance-140105' },
  { account: 'yangqu', name: '武秀兰', role: 'r10-finance-bureau', at: 'finance-140122' },
  { account: 'jianguan', name: '乔安泰', role: 'r11-regulator', at: 'regulator-140100' },
  { account: 'caizhengting', name: '段志强', role: 'r12-province', at: 'finance-140000' },
  { account: 'gaige', name: '崔建军', role: 'r13-reform-office', at: 'reform-140100' },
  { account: 'yangqudanbao', name: '郝小平', role: 'r14-county', at: 'government-140122' },
  { account: 'shenji', name: '范文静', role: 'r15-auditor', at: 'auditor' },
  { account: 'xitong', name: '秦朗', role: 'r17-system-admin', at: 'reguarantor' },
  { account: 'anquan', name: '史静', role: 'r17-security-admin', at: 'reguarantor' },
  { account: 'shenjiyuan', name: '康宁', role: 'r17-audit-admin', at: 'reguarantor' },
  // A second one: nobody reviews what they hand in themselves.
  { account: 'fengkong2', name: '任晓东', role: 'r02-risk', at: 'guarantor-140100' },
] as const;
