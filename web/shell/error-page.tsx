import { useRouter } from '@tanstack/react-router';
import { ProblemState } from './states.tsx';

/** What the router shows when a page throws: usually the server could not be reached or a new version was installed. */
export function ErrorPage({ error }: { error: unknown }) {
  const router = useRouter();
  const isStale = error instanceof Error && /dynamically imported module|module script/i.test(error.message);
  return (
    <main className="page">
      {isStale ? (
        <div className="state state-page" role="alert">
          <div className="state-title">系统刚刚更新，请刷新页面</div>
          <div className="state-next">
            <button type="button" className="text-button" onClick={() => location.reload()}>
              刷新
            </button>
          </div>
        </div>
      ) : (
        <ProblemState problem={error} retry={() => void router.invalidate()} />
      )}
    </main>
  );
}
