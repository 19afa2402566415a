export { ConfigurationError } from './configuration-error.js';
export { type Configuration, loadConfiguration } from './load.js';
export { configurationReference } from './reference.js';
export { type DeclaredResources, RIGHTS, type RightName } from './resources.js';
export { environmentName, SETTINGS, type SettingName, type Settings } from './settings.js';
