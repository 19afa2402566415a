// Tests run as compiled (tsc -b), so what is tested is what ships; `--experimental-vm-modules` because all is ES modules.
// unit: beside the code, needs nothing. contract: each port on each adapter, on real parts. e2e: the whole system.
const parts = '<rootDir>/test/parts/dist/shared';

const project = (displayName, testMatch, more = {}) => ({
  displayName,
  rootDir: import.meta.dirname,
  roots: ['proto', 'libs', 'services', 'test', 'scripts'].map((folder) => `<rootDir>/${folder}`),
  testEnvironment: 'node',
  transform: {},
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  ...more,
});
const onRealParts = {
  globalSetup: `${parts}/jest-global-setup.js`,
  globalTeardown: `${parts}/jest-global-teardown.js`,
  setupFilesAfterEnv: ['<rootDir>/scripts/test-run/real-parts-timeout.mjs'],
};
const everyPackage = '{proto,libs/*,services/*,test/*}/dist/**';

export default {
  projects: [
    project('unit', [`${everyPackage}/*.spec.js`, 'scripts/**/*.spec.mjs'], {
      setupFilesAfterEnv: ['<rootDir>/scripts/test-run/unit-timeout.mjs'],
      testPathIgnorePatterns: ['/node_modules/', '\\.contract\\.spec\\.js$', '\\.e2e\\.spec\\.js$'],
    }),
    project('contract', [`${everyPackage}/*.contract.spec.js`], onRealParts),
    project('e2e', [`${everyPackage}/*.e2e.spec.js`], onRealParts),
  ],
};
