import { BadRequestException, Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { decode } from 'netcore-hook';
// Of netcore-hook init nest: stores calls on the disk, and works on them afterwards.
import { storeCall } from '../inbox.js';
import { RequireCredentials } from './require-credentials.js';

@Controller('webhooks/netcore')
@UseGuards(RequireCredentials)
export class NetcoreController {
  @Post()
  @HttpCode(200) // Nest answers 201 to a POST otherwise
  receive(@Body() received: string | undefined): void {
    const body = received ?? '';
    try {
      decode(body); // throws for anything but panels with their events, or an empty body
    } catch {
      throw new BadRequestException();
    }
    storeCall(body);
  }
}
