import js from '@eslint/js';
import imports, { createNodeResolver } from 'eslint-plugin-import-x';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';

/** lib -> components -> api, hooks -> panels -> widgets -> pages, frame -> App; each may import only what stands before it.
    A panel, a widget and a tab of alerts are components that ask for their own data. */
const layers = [
  ['lib', ['components', 'api', 'hooks', 'pages', 'frame']],
  ...['!(widgets|panels|admin)/**', 'admin/!(alerts)/**', 'admin/*.jsx', '*.jsx'].map((drawn) => [`components/${drawn}`, ['components/widgets', 'components/panels', 'api', 'hooks', 'pages', 'frame']]),
  ['components/{panels,admin/alerts}/**', ['components/widgets', 'pages', 'frame']],
  ['components/widgets', ['pages', 'frame']],
  ['api', ['pages', 'frame']],
  ['hooks', ['pages', 'frame']],
  ['pages', ['frame']],
  ['frame', ['pages']],
];
const zones = layers.flatMap(([target, barred]) =>
  barred.map((from) => ({ target: `./src/${target}`, from: `./src/${from}`, message: `${target} must not import from ${from}.` })),
);

export default [
  { ignores: ['dist', 'coverage', 'public/mockServiceWorker.js'] },
  js.configs.recommended,
  {
    files: ['**/*.{js,jsx}'],
    plugins: { import: imports, 'react-hooks': hooks },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.js', '.jsx'] })] },
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { ecmaFeatures: { jsx: true } },
    },
    rules: {
      ...hooks.configs['recommended-latest'].rules,
      'import/no-cycle': 'error',
      'import/no-default-export': 'error',
      'import/no-restricted-paths': ['error', { zones, basePath: import.meta.dirname }],
      'max-lines': ['error', { max: 150, skipBlankLines: true }],
      'no-restricted-globals': ['error', { name: 'fetch', message: 'api/client.js is the only place that fetches.' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
    },
  },
  { files: ['src/api/client.js'], rules: { 'no-restricted-globals': 'off' } },
  { files: ['*.config.js', 'scripts/**', 'dev/**', 'public/**'], languageOptions: { globals: globals.node }, rules: { 'import/no-default-export': 'off' } },
  { files: ['public/**'], languageOptions: { globals: globals.browser } },
  { files: ['**/*.test.{js,jsx}', 'src/test/**'], languageOptions: { globals: globals.node }, rules: { 'max-lines': ['error', 300] } },
];
