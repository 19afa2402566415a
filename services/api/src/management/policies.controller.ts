import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { RequiresOwner } from '../http/access.js';
import { EtagInterceptor } from '../http/etag.js';
import { BodyPipe, NamePipe } from '../http/validation.js';
import { IDENTITY_SERVICE } from '../injection-tokens.js';
import { type Policy, policyFromJson, policyInputSchema, policyToJson } from '../mapping/policy.js';
import { Describe } from '../openapi/describe.js';
import { listOf } from '../openapi/schemas.js';

const namePipe = new NamePipe(/^[A-Za-z0-9!._-]{1,64}$/);

/** Shared access policies, with their keys. */
@ApiTags('Management')
@Controller('management/policies')
@UseInterceptors(EtagInterceptor)
export class PoliciesController {
  constructor(@Inject(IDENTITY_SERVICE) private readonly registry: identity.IdentityService) {}

  @Get()
  @RequiresOwner()
  @Describe('Lists the shared access policies.', { answer: listOf('SharedAccessPolicy') })
  async list(): Promise<Policy[]> {
    const { policies } = await this.registry.listPolicies({});
    return policies.map(policyToJson);
  }

  @Get(':name')
  @RequiresOwner()
  @Describe('Reads a shared access policy.', { answer: 'SharedAccessPolicy' })
  async get(@Param('name', namePipe) name: string): Promise<Policy> {
    const { policies } = await this.registry.listPolicies({});
    const policy = policies.find((each) => each.name === name);
    if (policy === undefined) {
      throw new HubError('ResourceNotFound', `There is no policy ${name}.`);
    }
    return policyToJson(policy);
  }

  @Put(':name')
  @RequiresOwner()
  @Describe('Adds a shared access policy, or replaces it.', {
    body: 'SharedAccessPolicyInput',
    answer: 'SharedAccessPolicy',
  })
  async put(
    @Param('name', namePipe) name: string,
    @Body(new BodyPipe(policyInputSchema)) body: z.output<typeof policyInputSchema>,
  ): Promise<Policy> {
    const { policy } = await this.registry.putPolicy({ policy: policyFromJson(name, body) });
    if (policy === undefined) {
      throw new HubError('ServerError', 'The identity service answered without a policy.');
    }
    return policyToJson(policy);
  }

  @Delete(':name')
  @HttpCode(204)
  @RequiresOwner()
  @Describe('Removes a shared access policy: its keys admit nobody any longer.', {})
  async delete(@Param('name', namePipe) name: string): Promise<void> {
    await this.registry.deletePolicy({ name });
  }
}
