import { Link } from '@tanstack/react-router';

/** Any address without a page. */
export default function NotFound() {
  return (
    <main className="page">
      <div className="state state-page">
        <div className="state-title">没有这个页面</div>
        <div className="state-next">地址可能已变动，或记录已转到承接机构名下。可按 / 键用编号查找。</div>
        <Link to={'/' as string}>回到工作台</Link>
      </div>
    </main>
  );
}
