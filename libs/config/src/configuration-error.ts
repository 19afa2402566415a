/** Invalid configuration: names the environment variable, or the key of the configuration file, and what it should be. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
