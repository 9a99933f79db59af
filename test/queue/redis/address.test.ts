import { describe, expect, test } from 'vitest';
import { readRedisAddress } from '../../../src/queue/redis/address.js';

describe('the address of a server', () => {
  test.each([
    ['redis://redis.example.com', 'redis://redis.example.com', 'redis://redis.example.com'],
    [
      'redis://shop:p%40ss@redis.example.com:6380/2',
      'redis://shop:p%40ss@redis.example.com:6380/2',
      'redis://redis.example.com:6380/2',
    ],
    ['rediss://:autumn@[::1]:6379/', 'rediss://:autumn@[::1]:6379/', 'rediss://[::1]:6379'],
    ['valkey://valkey.example.com', 'redis://valkey.example.com', 'valkey://valkey.example.com'],
    ['valkeys://valkey.example.com', 'rediss://valkey.example.com', 'valkeys://valkey.example.com'],
    ['redis://127.0.0.1?db=3&commandTimeout=0', 'redis://127.0.0.1', 'redis://127.0.0.1'],
    ['/run/redis/redis.sock', '/run/redis/redis.sock', '/run/redis/redis.sock'],
  ])('%s is shown without what enters it', (typed, url, text) => {
    expect(readRedisAddress(typed)).toEqual({ url, text });
  });

  test.each([
    ['localhost:6379'],
    ['http://redis.example.com'],
    ['redis://'],
    ['redis://redis.example.com/shop'],
    [''],
  ])('"%s" is none', (typed) => {
    expect(() => readRedisAddress(typed)).toThrow(
      expect.objectContaining({ code: 'redis_url_invalid', exit: 2 }),
    );
  });
});
