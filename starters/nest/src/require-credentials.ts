import { createHash, timingSafeEqual } from 'node:crypto';
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
    const right = `${process.env.HOOK_USER}:${process.env.HOOK_PASSWORD}`;
    if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) {
      return true;
    }
    http.getResponse().header('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"');
    throw new UnauthorizedException();
  }
}
