import type { Redis } from 'ioredis';
import type { RedisLimits } from './lua.js';
import { clock, evenWhenFull, handOverScript, type OwnScript, ownScripts, shared } from './lua.js';

/** A command as BullMQ defines it: its script and its number of keys. */
type Definition = Parameters<Redis['defineCommand']>[1];

/**
 * Makes BullMQ load its scripts with additions. The adapted scripts work on a full server, use the server's
 * clock, write no event stream, and update our own keys. Each script and its additions remain one atomic step.
 *
 * BullMQ also supports a backend of one's own, which has some sixty methods. The scripts are the smaller
 * interface. When a new version changes their keys or arguments, the contract tests fail.
 */
export function adaptCommands(client: Redis, limits: RedisLimits): void {
  let resolveLoaded = () => {};
  loaded.set(
    client,
    new Promise((resolve) => {
      resolveLoaded = resolve;
    }),
  );
  const define = client.defineCommand.bind(client);
  for (const [name, lua] of Object.entries(ownScripts(limits))) {
    define(name, { lua, numberOfKeys: 0 });
  }
  const adaptationsByName = adaptations(limits);
  client.defineCommand = (name: string, definition: Definition) => {
    const [script = ''] = name.split(':');
    if (script === 'addStandardJob') {
      define('handOver', {
        lua: handOverScript(limits, `${withoutEvents}${definition.lua}`),
        numberOfKeys: 0,
      });
      resolveLoaded();
    }
    const adaptation = adaptationsByName[script];
    const lua = adaptation ? adapted(definition.lua, adaptation) : definition.lua;
    define(name, { ...definition, lua });
  };
}

const loaded = new WeakMap<Redis, Promise<void>>();

/** Resolves when BullMQ has loaded its scripts, which it does after connecting. */
export async function commandsLoaded(client: Redis): Promise<void> {
  await loaded.get(client);
}

/** Runs one of our own scripts. */
export function runScript(
  client: Redis,
  name: OwnScript | 'handOver',
  ...values: readonly (string | number)[]
): Promise<unknown> {
  const command: unknown = Reflect.get(client, name);
  if (typeof command !== 'function') throw new Error(`The script ${name} is not loaded yet.`);
  return command.apply(client, values) as Promise<unknown>;
}

/** Additions before and after a script of BullMQ. Its return value is in `result`. */
interface Adaptation {
  readonly before?: string;
  readonly after?: string;
}

const withoutEvents = `
local server = redis
local redis = { pcall = server.pcall, call = function(command, ...)
  if command ~= 'XADD' then return server.call(command, ...) end
end }
`;

function adapted(lua: string, { before = '', after = '' }: Adaptation): string {
  return `${evenWhenFull}${clock}${before}
local result = (function()
${withoutEvents}${lua}
end)()
${after}
return result
`;
}

/** BullMQ compares the time that it gets with the local clock. */
const nextDueByCaller = `
if type(result) == 'table' and type(result[4]) == 'number' and result[4] > 0 then
  result[4] = result[4] - now + callers
end
`;

function adaptations(limits: RedisLimits): Readonly<Record<string, Adaptation>> {
  const common = shared(limits);
  return {
    moveToActive: {
      before: `
local callers = tonumber(ARGV[2])
ARGV[2] = whole(now)
`,
      after: nextDueByCaller,
    },
    moveToFinished: {
      before: `${common}${beforeFinished}`,
      after: `${afterFinished(limits)}${nextDueByCaller}`,
    },
    moveToDelayed: {
      before: `${common}
base = ARGV[1]
ARGV[2] = whole(now)
relock(ARGV[3], ARGV[4], KEYS[2])
`,
    },
    moveJobFromActiveToWait: {
      before: `${common}
base = string.sub(ARGV[3], 1, -#ARGV[1] - 1)
relock(ARGV[1], ARGV[2], KEYS[1])
`,
    },
    updateProgress: {
      before: `${common}
base = string.sub(KEYS[1], 1, -#ARGV[1] - 1)
-- A worker whose lock then expired has already written the call's end.
local before = redis.call('HGET', KEYS[1], 'progress') or ''
if string.sub(before, 1, 10) == '{"state":"' then return 0 end
`,
      after: `
if result == 0 then report(redis.call('HGET', KEYS[1], 'name'), ARGV[1], ARGV[2]) end
`,
    },
    extendLocks: {
      before: `${common}
base = ARGV[1]
local tokens, ids = cmsgpack.unpack(ARGV[2]), cmsgpack.unpack(ARGV[3])
for i = 1, #ids do relock(ids[i], tokens[i], at('active')) end
`,
    },
    moveStalledJobsToWait: {
      before: `${common}${beforeStalledCheck}`,
      after: removeDeliveredOf010,
    },
    moveJobsToWait: {},
  };
}

/** Stores a delivery before anything can fail, so that no other worker delivers the call again. */
const beforeFinished = `
base = ARGV[7]
local callers = tonumber(ARGV[2])
ARGV[2] = whole(now)
local job = ARGV[1]
local owners, lanes, outcome = unpack(redis.call('HMGET', KEYS[12], 'name', 'lanes', 'progress'))
local size = redis.call('HSTRLEN', KEYS[12], 'data')
if ARGV[5] == 'completed' then
  outcome = ARGV[4]
  if owners then
    redis.call('HSET', KEYS[12], 'progress', outcome)
  else
    -- The server lost the call. Its outcome still has to be reported.
    report(cjson.decode(outcome)['owners'], job, outcome)
    remember(job, summaryOf(outcome))
  end
end
relock(job, cmsgpack.unpack(ARGV[8])['token'], KEYS[2])
`;

function afterFinished(limits: RedisLimits): string {
  return `
if type(result) == 'number' and result < 0 then return result end
account('bytes', -size)
if ARGV[5] == 'completed' then
  account(cjson.decode(outcome)['state'], 1)
else
  account('dead', size)
  redis.call('ZADD', at('dead'), now, job)
  while redis.call('ZCARD', at('dead')) > ${limits.maxDeadCalls}
      or (redis.call('ZCARD', at('dead')) > 1
        and tonumber(redis.call('HGET', at('account'), 'dead')) > ${limits.maxDeadBytes}) do
    local oldest = redis.call('ZRANGE', at('dead'), 0, 0)[1]
    detach(oldest)
    redis.call('ZREM', at('dead'), oldest)
    redis.call('DEL', at(oldest))
  end
end
report(owners, job, outcome)
remember(job, summaryOf(outcome))
leaveLanes(job, lanes)
`;
}

/**
 * When the last check was long ago, the server was frozen or unreachable, and locks may have expired
 * meanwhile. Workers then get one more interval to renew them.
 */
const beforeStalledCheck = `
base = ARGV[2]
ARGV[3] = whole(now)
if redis.call('EXISTS', KEYS[4]) == 0 then
  local checked = tonumber(redis.call('HGET', at('account'), 'checked') or 0)
  if now - checked > 1.5 * ARGV[4] then redis.call('DEL', KEYS[1]) end
  redis.call('HSET', at('account'), 'checked', whole(now))
end
-- So that the same worker's next check is not slightly too early.
ARGV[4] = whole(0.9 * ARGV[4])
`;

/** Version 0.1.0 did not remove delivered calls. */
const removeDeliveredOf010 = `
local completed = redis.call('ZRANGE', at('completed'), 0, 1999)
for _, job in ipairs(completed) do
  local owners, lanes, outcome = unpack(redis.call('HMGET', at(job), 'name', 'lanes', 'returnvalue'))
  if owners and #owners >= 6 and outcome then
    report(owners, job, outcome)
    remember(job, summaryOf(outcome))
    account('bytes', -redis.call('HSTRLEN', at(job), 'data'))
    leaveLanes(job, lanes)
  end
  redis.call('ZREM', at('completed'), job)
  redis.call('DEL', at(job))
end
`;
