import { Page } from '../../shell/page.tsx';
import { PaymentTable } from './payment-table.tsx';
import './subsidies.css';

/** 拨付与收回: every payment of every approved run with its evidence. */
export default function PaymentsPage() {
  return (
    <Page
      title="拨付与收回"
      trail={[{ title: '补偿补贴', to: '/subsidies' }]}
      note="指标文 → 拨付 → 到账，每步留凭据；重复登记不重复记账。"
    >
      <PaymentTable />
    </Page>
  );
}
