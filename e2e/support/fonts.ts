import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Environment under which a browser finds the Chinese fonts that come with npm, whatever the machine has installed. They stand in
 * for the families the style sheet names first, so that screenshots look the same everywhere.
 */
export function fontEnvironment(): Record<string, string> {
  const folder = path.join(root, '.cache', 'fonts');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'fonts.conf');
  writeFileSync(file, configuration(folder));
  return { FONTCONFIG_FILE: file };
}

function configuration(folder: string): string {
  const fonts = path.join(root, 'node_modules', '@expo-google-fonts');
  const weights = ['400Regular', '500Medium', '600SemiBold', '700Bold'].map((weight) => `noto-sans-sc/${weight}`);
  const folders = [...weights, 'noto-serif-sc/400Regular', 'noto-serif-sc/700Bold'];
  const standIns = [
    'sans-serif',
    'system-ui',
    'PingFang SC',
    'Microsoft YaHei',
    'Source Han Sans SC',
    'Noto Sans CJK SC',
  ];
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  ${folders.map((name) => `<dir>${path.join(fonts, name)}</dir>`).join('\n  ')}
  <cachedir>${path.join(folder, 'cache')}</cachedir>
  ${standIns.map((name) => alias(name, 'Noto Sans SC')).join('\n  ')}
  ${['serif', 'SimSun', 'Songti SC'].map((name) => alias(name, 'Noto Serif SC')).join('\n  ')}
</fontconfig>
`;
}

const alias = (family: string, prefer: string): string =>
  `<match target="pattern"><test name="family"><string>${family}</string></test><edit name="family" mode="prepend" binding="strong"><string>${prefer}</string></edit></match>`;
