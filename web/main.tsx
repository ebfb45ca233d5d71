import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { App, ConfigProvider } from 'antd';
import zhCN from 'antd/es/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem, onSignedOut } from './api.ts';
import { makeRouter } from './routes.tsx';
import { antTheme, applyTokens } from './shell/theme.ts';
import { UnitProvider } from './shell/unit.tsx';
import './shell/style.css';

dayjs.locale('zh-cn');
applyTokens(document.documentElement);

const queryClient = new QueryClient({
  queryCache: new QueryCache(),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      // An answer is an answer: only an unreachable or failing server is worth asking again.
      retry: (failures, problem) =>
        failures < 1 && (!(problem instanceof ApiProblem) || problem.status === 0 || problem.status >= 502),
    },
    mutations: { retry: false },
  },
});
const router = makeRouter(queryClient);

onSignedOut(() => {
  const here = router.state.location;
  if (here.pathname === '/sign-in' || here.pathname.startsWith('/verify')) return;
  queryClient.clear();
  void router.navigate({ to: '/sign-in' as string, search: { from: here.href } as never });
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ConfigProvider locale={zhCN} theme={antTheme} componentSize="medium" button={{ autoInsertSpace: false }}>
      <App message={{ maxCount: 3 }}>
        <QueryClientProvider client={queryClient}>
          <UnitProvider>
            <RouterProvider router={router} />
          </UnitProvider>
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  </StrictMode>,
);
