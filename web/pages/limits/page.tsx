import { Tabs } from 'antd';
import { useFilters } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { BankLines } from './bank-lines.tsx';
import { Formulas } from './formulas.tsx';
import { GuarantorLines } from './guarantor-lines.tsx';
import './limits.css';
import { Reservations } from './reservations.tsx';
import { Targets } from './targets.tsx';
import { TryHeadroom } from './try-headroom.tsx';

/** 额度: the headroom instrument, reservations, bank lines, yearly lines and county targets, all in one place. */
export default function LimitsPage() {
  const [filters, setFilters] = useFilters();
  return (
    <Page title="额度" note="统一授信、年度额度与各项监管限额；办理业务时先预留，到期自动释放">
      <Tabs
        className="limits-tabs"
        activeKey={filters.tab ?? 'headroom'}
        onChange={(tab) => setFilters({ tab })}
        destroyOnHidden
        items={[
          { key: 'headroom', label: '额度仪表', children: <TryHeadroom /> },
          { key: 'reservations', label: '额度预留', children: <Reservations /> },
          { key: 'banks', label: '银行统一授信', children: <BankLines /> },
          { key: 'lines', label: '年度额度', children: <GuarantorLines /> },
          { key: 'targets', label: '县域目标', children: <Targets /> },
          { key: 'formulas', label: '公式与审定', children: <Formulas /> },
        ]}
      />
    </Page>
  );
}
