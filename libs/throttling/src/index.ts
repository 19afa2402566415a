export { DailyQuota, type DailyQuotaOptions, meteredMessages } from './quota/daily-quota.js';
export { ThrottleExchange, type ThrottleExchangeOptions } from './sharing/throttle-exchange.js';
export { type Outcome, Throttle, type ThrottleOptions } from './throttle.js';
export { meteredKb, type ThrottleName, type ThrottleSettings, throttleLimits } from './throttle-limits.js';
export { Throttles, type ThrottlesOptions } from './throttles.js';
