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

/** Every institution of the demo province. Names other than the region's and the re-guarantor's are made up. */
export function plannedInstitutions(regions: readonly Region[]): PlannedInstitution[] {
  let serial = 700;
  const code = (head: string, region: number) => {
    serial += 1;
    return makeUscc(head, region, serial);
  };
  const state = (region: number) => code('11', region);
  const firm = (region: number) => code('91', region);
  const cities = regions.filter((region) => region.level === 2);
  const counties = regions.filter((region) => region.level === 3);
  const cityOf = new Map(cities.map((city) => [city.code, city]));
  const list: PlannedInstitution[] = [
    {
      key: 'reguarantor',
      code: firm(140000),
      name: '山西省融资再担保集团有限公司',
      shortName: '省再担保',
      kind: 'reguarantor',
      level: 1,
      regionCode: 140000,
      licenceNo: '晋A00001',
    },
    {
      key: 'fund',
      code: firm(140000),
      name: '国家融资担保基金有限责任公司',
      shortName: '国家融担基金',
      kind: 'national-fund',
      level: 1,
      regionCode: 140000,
    },
    {
      key: 'finance-140000',
      code: state(140000),
      name: '山西省财政厅',
      shortName: '省财政厅',
      kind: 'finance-bureau',
      level: 1,
      regionCode: 140000,
    },
    {
      key: 'regulator-140000',
      code: state(140000),
      name: '山西省地方金融管理局',
      shortName: '省金融管理局',
      kind: 'regulator',
      level: 1,
      regionCode: 140000,
    },
    {
      key: 'auditor',
      code: state(140000),
      name: '山西省审计厅',
      shortName: '省审计厅',
      kind: 'auditor',
      level: 1,
      regionCode: 140000,
    },
  ];
  for (const [name, shortName] of banks) {
    list.push({
      key: `bank-${list.length}`,
      code: firm(140000),
      name,
      shortName,
      kind: 'bank',
      level: 1,
      regionCode: 140000,
    });
  }
  for (const [index, city] of cities.entries()) {
    const short = bare(city.name);
    list.push(
      {
        key: `guarantor-${city.code}`,
        code: firm(city.code),
        name: `${city.name}融资担保有限公司`,
        shortName: `${short}市担保`,
        kind: 'guarantor',
        level: 2,
        regionCode: city.code,
        licenceNo: `晋B${String(index + 1).padStart(5, '0')}`,
        registeredCapitalWan: 50_000 + index * 3_000,
        netAssetsWan: 52_600 + index * 3_150,
      },
      {
        key: `finance-${city.code}`,
        code: state(city.code),
        name: `${city.name}财政局`,
        shortName: `${short}市财政局`,
        kind: 'finance-bureau',
        level: 2,
        regionCode: city.code,
      },
      {
        key: `regulator-${city.code}`,
        code: state(city.code),
        name: `${city.name}金融工作办公室`,
        shortName: `${short}市金融办`,
        kind: 'regulator',
        level: 2,
        regionCode: city.code,
      },
      {
        key: `reform-${city.code}`,
        code: state(city.code),
        name: `${city.name}融资担保机构改革领导小组办公室`,
        shortName: `${short}市改革办`,
        kind: 'reform-office',
        level: 2,
        regionCode: city.code,
      },
    );
  }
  for (const county of counties) {
    // 城区、矿区、郊区 exist in more than one city: the city's name keeps them apart.
    const city = cityOf.get(county.parentCode ?? 0);
    const full = `${city?.name ?? ''}${county.name}`;
    list.push(
      {
        key: `finance-${county.code}`,
        code: state(county.code),
        name: `${full}财政局`,
        shortName: `${county.name}财政局`,
        kind: 'finance-bureau',
        level: 3,
        regionCode: county.code,
      },
      {
        key: `regulator-${county.code}`,
        code: state(county.code),
        name: `${full}金融工作服务中心`,
        shortName: `${county.name}金融中心`,
        kind: 'regulator',
        level: 3,
        regionCode: county.code,
      },
    );
  }
  for (const [index, county] of unmergedCounties(regions).entries()) {
    const city = cityOf.get(county.parentCode ?? 0);
    list.push({
      key: `government-${county.code}`,
      code: state(county.code),
      name: `${city?.name ?? ''}${county.name}人民政府`,
      shortName: `${county.name}政府`,
      kind: 'county-government',
      level: 3,
      regionCode: county.code,
    });
    list.push({
      key: `guarantor-${county.code}`,
      code: firm(county.code),
      name: `${city?.name ?? ''}${county.name}中小企业融资担保有限公司`,
      shortName: `${county.name}担保`,
      kind: 'guarantor',
      level: 3,
      regionCode: county.code,
      licenceNo: `晋C${String(index + 1).padStart(5, '0')}`,
      registeredCapitalWan: 5_000 + (index % 6) * 1_000,
      netAssetsWan: 5_120 + (index % 6) * 1_030,
    });
  }
  return list;
}

/** The demo's people: one for each role, with the account they sign in with. `at` names the institution by key. */
export const plannedPeople = [
  { account: 'kehu', name: '王建国', role: 'r01-client-manager', at: 'guarantor-140100' },
  { account: 'fengkong', name: '李慧敏', role: 'r02-risk', at: 'guarantor-140100' },
  { account: 'pingshen', name: '张志远', role: 'r03-committee', at: 'guarantor-140100' },
  { account: 'baohou', name: '赵永明', role: 'r04-assets', at: 'guarantor-140100' },
  { account: 'caiwu', name: '刘晓芳', role: 'r05-finance-officer', at: 'guarantor-140100' },
  { account: 'tongji', name: '陈丽娟', role: 'r06-statistics', at: 'guarantor-140100' },
  { account: 'datong', name: '贺文斌', role: 'r06-statistics', at: 'guarantor-140200' },
  { account: 'zaidan', name: '郭海峰', role: 'r07-reguarantee', at: 'reguarantor' },
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
] as const;
