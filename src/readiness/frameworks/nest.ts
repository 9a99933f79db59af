import type { Framework } from './framework.js';

const handler = `@Controller('hook')
export class HookController {
  @Post()
  @HttpCode(200) // Nest answers 201 to a POST otherwise
  take(@Body() body) {
    let events;
    try {
      events = readEvents(body?.data);
    } catch {
      throw new BadRequestException();
    }
    setImmediate(() => work(events)); // or put them into a queue that outlives a crash
  }
}`;

export const nest: Framework = {
  id: 'nest',
  name: 'Nest',
  tested: false,
  snippets: {
    body_limit: `const app = await NestFactory.create<NestExpressApplication>(AppModule);
app.useBodyParser('urlencoded', { extended: false, limit: '10mb' });`,
    read_events: `function readEvents(data) {
  const panels = JSON.parse(data || '{}') ?? {};
  return Object.values(panels).flatMap((events) => (Array.isArray(events) ? events : []));
}`,
    answer_200: handler,
    answer_first: handler,
    route: handler,
    basic_auth: `@Injectable()
export class NetcoreGuard implements CanActivate {
  canActivate(context) {
    const http = context.switchToHttp();
    const [scheme, code = ''] = (http.getRequest().headers.authorization ?? '').split(' ');
    const given = Buffer.from(code, 'base64').toString();
    const right = process.env.HOOK_USER + ':' + process.env.HOOK_PASSWORD;
    if (scheme.toLowerCase() === 'basic' && given === right) return true;
    http.getResponse().header('WWW-Authenticate', 'Basic realm="webhook"');
    throw new UnauthorizedException();
  }
}`,
  },
};
