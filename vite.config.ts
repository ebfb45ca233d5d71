import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Writes .br and .gz beside each text asset, so that the server hands out compressed files without spending time on them. */
function precompress(): Plugin {
  let outDir = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    async writeBundle() {
      const files = await readdir(outDir, { recursive: true });
      await Promise.all(
        files.filter((name) => /\.(js|css|html|svg|json)$/.test(name)).map((name) => pack(join(outDir, name))),
      );
    },
  };
}

async function pack(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length < 1024) return;
  const brotli = promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  await writeFile(`${path}.br`, await brotli);
  await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
}

/** What sign-in and the frame need of antd; the rest (tables, pickers, trees, uploads) travels with the first list page. */
const antdFrame =
  /node_modules[\\/](antd[\\/]es[\\/](app|breadcrumb|button|config-provider|drawer|dropdown|form|input|locale|menu|segmented|skeleton|theme|tooltip)|@ant-design[\\/]icons|dayjs|(antd|@rc-component)[\\/].*locale)[\\/]/;
const antdLists =
  /node_modules[\\/](antd[\\/]es|@rc-component)[\\/](table|select|date-picker|cascader|tree|pagination|upload|picker|virtual-list)[\\/]/;

export default defineConfig({
  root: 'web',
  plugins: [react(), precompress()],
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api/': process.env.RONGDAN_API ?? 'http://127.0.0.1:8080' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'chrome109',
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'echarts', test: /node_modules[\\/](echarts|zrender)[\\/]/, priority: 30 },
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler|@tanstack)[\\/]/, priority: 25 },
            { name: 'antd', test: antdFrame, priority: 20 },
            { name: 'antd-lists', test: antdLists, priority: 10 },
          ],
        },
      },
    },
  },
});
