import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { SECURITY_SCHEME } from '../http/access.js';
import { componentSchemas } from './schemas.js';

/** The OpenAPI 3.1 document of all routes of the application. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Mooring')
    .setDescription(
      "Registry, twins, methods and messages as Azure IoT Hub's service SDKs call them, and the management of the hub itself.",
    )
    .setVersion('2021-04-12')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'SharedAccessSignature sr=…&sig=…&se=…&skn=…',
      },
      SECURITY_SCHEME,
    )
    .build();
  const document = SwaggerModule.createDocument(app, outline);
  return { ...document, components: { ...document.components, schemas: componentSchemas() } };
}
