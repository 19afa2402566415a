export { Routing, RoutingModule, type RoutingOptions } from './routing.module.js';
