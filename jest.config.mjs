// Tests run as compiled (tsc -b), so what is tested is what ships; `--experimental-vm-modules` because all is ES modules.
// unit: beside the code, needs nothing. contract: each port on each adapter, on real parts. e2e: the whole system.
const project = (displayName, testMatch, more = {}) => ({
  displayName,
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  transform: {},
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  ...more,
});
const everyPackage = '{proto,libs/*,services/*,test/*}/dist/**';

export default {
  projects: [
    project('unit', [`${everyPackage}/*.spec.js`], {
      testPathIgnorePatterns: ['/node_modules/', '\\.contract\\.spec\\.js$', '\\.e2e\\.spec\\.js$'],
    }),
    project('contract', [`${everyPackage}/*.contract.spec.js`]),
    project('e2e', [`${everyPackage}/*.e2e.spec.js`]),
  ],
};
