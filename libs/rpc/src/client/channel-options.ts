import type { ChannelOptions } from '@grpc/grpc-js';
import { type ContractDefinition, methodsOf, serviceOf } from '../contract-definition.js';
import { DEFAULT_MAX_MESSAGE_BYTES, type RpcClientOptions } from './client-options.js';

/** gRFC A6. Each failure takes a token of the bucket and each success gives a tenth back; no retry below one half. */
const RETRY_THROTTLING = { maxTokens: 100, tokenRatio: 0.1 };
const RETRY_POLICY = {
  maxAttempts: 3,
  initialBackoff: '0.05s',
  maxBackoff: '1s',
  backoffMultiplier: 3,
  retryableStatusCodes: ['UNAVAILABLE'],
};

/** gRPC's settings for a client's channel. */
export function channelOptions<D extends ContractDefinition>(
  definition: D,
  options: RpcClientOptions<D>,
): ChannelOptions {
  const maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
  return {
    'grpc.service_config': JSON.stringify(serviceConfig(definition, options.safe ?? [])),
    'grpc.service_config_disable_resolution': 1,
    'grpc.ssl_target_name_override': options.peerName ?? peerNameOf(definition),
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    // A frozen peer is noticed after both, and costs calls their deadline until then.
    'grpc.keepalive_time_ms': 5_000,
    'grpc.keepalive_timeout_ms': 3_000,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.dns_min_time_between_resolutions_ms': 2_000,
    // Services reach each other directly, whatever the environment says.
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
  };
}

/** `identity` for `mooring.identity.v1.IdentityService` */
export function peerNameOf(definition: ContractDefinition): string {
  const service = serviceOf(definition);
  return service.split('.')[1] ?? service;
}

function serviceConfig(definition: ContractDefinition, safe: readonly string[]): object {
  const name = methodsOf(definition)
    .filter(({ key }) => safe.includes(key))
    .map(({ service, name: method }) => ({ service, method }));
  return {
    loadBalancingConfig: [{ round_robin: {} }],
    methodConfig: name.length === 0 ? [] : [{ name, retryPolicy: RETRY_POLICY }],
    retryThrottling: RETRY_THROTTLING,
  };
}
