import type { Framework } from './framework.js';

const limit = `const app = await NestFactory.create<NestExpressApplication>(AppModule, {
  bodyParser: false,
  logger: ['error', 'warn'],
});
app.useBodyParser('text', { type: () => true, limit: '10mb' });`;

const handler = `import { decode } from 'netcore-hook';
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

${limit}`;

const answer = `// Of netcore-hook init nest: stores calls on the disk, and works on them afterwards.
import { storeCall } from '../inbox.js';

@HttpCode(200) // Nest answers 201 to a POST otherwise

storeCall(body);`;

export const nest: Framework = {
  id: 'nest',
  name: 'Nest',
  tested: true,
  snippets: {
    body_limit: limit,
    read_events: handler,
    answer_200: answer,
    answer_first: answer,
    route: handler,
    basic_auth: `import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';

const digest = (text: string | Buffer) => createHash('sha256').update(text).digest();

@Injectable()
export class RequireCredentials implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const [scheme, code = ''] = (http.getRequest().headers.authorization ?? '').split(' ');
    const given = Buffer.from(code, 'base64');
    const right = \`\${process.env.HOOK_USER}:\${process.env.HOOK_PASSWORD}\`;
    if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) {
      return true;
    }
    http.getResponse().header('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"');
    throw new UnauthorizedException();
  }
}

@Controller('webhooks/netcore')
@UseGuards(RequireCredentials)`,
  },
};
