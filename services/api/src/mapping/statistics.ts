import { z } from 'zod';

export const registryStatisticsSchema = z.object({
  totalDeviceCount: z.int(),
  enabledDeviceCount: z.int(),
  disabledDeviceCount: z.int(),
});

export const serviceStatisticsSchema = z.object({ connectedDeviceCount: z.int() });

export type RegistryStatistics = z.output<typeof registryStatisticsSchema>;
export type ServiceStatistics = z.output<typeof serviceStatisticsSchema>;
