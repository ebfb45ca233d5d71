import { Page } from '../../shell/page.tsx';
import { ObjectionTable } from './objection-table.tsx';
import './feedback.css';

/** 异议: all objections in sight, those without an answer to be answered. */
export default function ObjectionsPage() {
  return (
    <Page
      title="异议"
      trail={[{ title: '季度反馈', to: '/feedback' }]}
      note="市县对公示数字的异议与答复；全部答复后凭证才能定稿。"
    >
      <ObjectionTable />
    </Page>
  );
}
