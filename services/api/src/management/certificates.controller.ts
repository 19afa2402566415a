import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { RequiresOwner } from '../http/access.js';
import { EtagInterceptor } from '../http/etag.js';
import { BodyPipe, NamePipe } from '../http/validation.js';
import { IDENTITY_SERVICE } from '../injection-tokens.js';
import { type Certificate, certificateInputSchema, certificateToJson } from '../mapping/certificate.js';
import { Describe } from '../openapi/describe.js';
import { listOf } from '../openapi/schemas.js';

const namePipe = new NamePipe(/^[A-Za-z0-9._-]{1,64}$/);

/** Authorities whose certificates devices may present. */
@ApiTags('Management')
@Controller('management/certificates')
@UseInterceptors(EtagInterceptor)
export class CertificatesController {
  constructor(@Inject(IDENTITY_SERVICE) private readonly registry: identity.IdentityService) {}

  @Get()
  @RequiresOwner()
  @Describe('Lists the device CA certificates.', { answer: listOf('Certificate') })
  async list(): Promise<Certificate[]> {
    const { certificates } = await this.registry.listCertificates({});
    return certificates.map(certificateToJson);
  }

  @Get(':name')
  @RequiresOwner()
  @Describe('Reads a device CA certificate.', { answer: 'Certificate' })
  async get(@Param('name', namePipe) name: string): Promise<Certificate> {
    const { certificates } = await this.registry.listCertificates({});
    const certificate = certificates.find((each) => each.name === name);
    if (certificate === undefined) {
      throw new HubError('ResourceNotFound', `There is no certificate ${name}.`);
    }
    return certificateToJson(certificate);
  }

  @Put(':name')
  @RequiresOwner()
  @Describe('Adds a device CA certificate, or replaces it.', { body: 'CertificateInput', answer: 'Certificate' })
  async put(
    @Param('name', namePipe) name: string,
    @Body(new BodyPipe(certificateInputSchema)) body: z.output<typeof certificateInputSchema>,
  ): Promise<Certificate> {
    const { certificate } = await this.registry.putCertificate({ name, pem: body.certificate });
    if (certificate === undefined) {
      throw new HubError('ServerError', 'The identity service answered without a certificate.');
    }
    return certificateToJson(certificate);
  }

  @Delete(':name')
  @HttpCode(204)
  @RequiresOwner()
  @Describe('Removes a device CA certificate: what it signed is admitted no longer.', {})
  async delete(@Param('name', namePipe) name: string): Promise<void> {
    await this.registry.deleteCertificate({ name });
  }
}
