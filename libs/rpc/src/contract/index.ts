export { inBothWays } from './in-both-ways.js';
