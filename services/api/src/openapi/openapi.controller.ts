import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../http/access.js';
import { OpenApiText } from './openapi-text.js';

@ApiExcludeController()
@Controller('openapi.json')
export class OpenApiController {
  constructor(private readonly document: OpenApiText) {}

  @Get()
  @Public()
  @Header('Content-Type', 'application/json; charset=utf-8')
  get(): string {
    return this.document.text;
  }
}
