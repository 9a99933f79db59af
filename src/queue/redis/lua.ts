import { outcomesKey, prefix, queuesKey } from './keys.js';

/** Limits a queue's memory on the server. Further calls wait in the stores of their listeners. */
export interface RedisLimits {
  /** Undelivered calls of all listeners together. */
  readonly maxCalls: number;
  /** Their stored size. In base64, a body takes a third more than its length. */
  readonly maxBytes: number;
  /** Dead calls that `queue retry --dead` can retry. Each store keeps all of its own. */
  readonly maxDeadCalls: number;
  readonly maxDeadBytes: number;
  /**
   * The server remembers at least this many, and at most twice as many, ended calls. If a copy of a store
   * hands one over again, it is not delivered again.
   */
  readonly maxEnded: number;
}

export const defaultLimits: RedisLimits = {
  maxCalls: 10_000,
  maxBytes: 64 * 1024 * 1024,
  maxDeadCalls: 1_000,
  maxDeadBytes: 16 * 1024 * 1024,
  maxEnded: 20_000,
};

/*
 * Keys of a queue, in addition to BullMQ's:
 *
 * - `account`: the `bytes` of undelivered calls, the bytes of `dead` calls, the numbers of `delivered`,
 *   `skipped` and `handed over` calls, and when BullMQ last `checked` for calls of killed workers.
 * - `ended`, `ended-before`: the calls that ended last. When the first is full, it replaces the second.
 * - `lane:<panel>`: with `--ordered`, the calls of a panel. Only the first may be delivered. `held` contains
 *   the calls that wait for another one in a lane. They are in no list of BullMQ.
 * - `dead`: the dead calls by the time of their end. BullMQ has them in `failed` as well.
 *
 * A job has two fields in addition to BullMQ's: `name`, the tags of the stores that handed it over, and
 * `lanes`.
 */

/** Outcomes wait this long for a listener of their store. */
const outcomesTtlSeconds = 90 * 24 * 60 * 60;

/**
 * A full server accepts all writes of a script whose first write takes no memory, so that calls can leave
 * it: https://redis.io/docs/latest/develop/programmability/eval-intro/ ("Executing
 * scripts under low memory conditions").
 */
export const evenWhenFull = `redis.call('DEL', '${prefix}:none')\n`;

/** The server's clock in milliseconds. The clocks of workers and listeners may differ. */
export const clock = `
local now
do
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local function whole(number) return string.format('%.0f', number) end
`;

/** Functions that the scripts share. */
export function shared(limits: RedisLimits): string {
  return `
local base
local function at(key) return base .. key end

local function account(field, by)
  if redis.call('HINCRBY', at('account'), field, by) < 0 then
    redis.call('HSET', at('account'), field, 0)
  end
end

-- Reports an outcome to the stores with these tags.
local function report(owners, job, outcome)
  for tag in string.gmatch(owners or '', '%S+') do
    -- Version 0.1.0 named all jobs "call".
    if #tag == 6 then
      local outcomes = '${outcomesKey}' .. tag
      redis.call('HSET', outcomes, job, outcome)
      redis.call('EXPIRE', outcomes, ${outcomesTtlSeconds})
    end
  end
end

local function remember(job, summary)
  if redis.call('HLEN', at('ended')) >= ${limits.maxEnded} then
    redis.call('UNLINK', at('ended-before'))
    redis.call('RENAME', at('ended'), at('ended-before'))
  end
  redis.call('HSET', at('ended'), job, summary)
end

local function recall(job)
  return redis.call('HGET', at('ended'), job) or redis.call('HGET', at('ended-before'), job)
end

local function forget(job)
  redis.call('HDEL', at('ended'), job)
  redis.call('HDEL', at('ended-before'), job)
end

-- An outcome without its texts.
local function summaryOf(outcome)
  local result = cjson.decode(outcome)
  local last = result['last']
  local text = result['state'] .. ' ' .. whole(result['tries'])
  if type(last) ~= 'table' then return text end
  local status = type(last['status']) == 'number' and whole(last['status']) or '-'
  return text .. ' ' .. whole(last['time']) .. ' ' .. status .. ' ' .. last['ms']
end

local function isFirst(job, lanes)
  for lane in string.gmatch(lanes or '', '%S+') do
    if redis.call('LINDEX', at('lane:' .. lane), 0) ~= job then return false end
  end
  return true
end

local function queueUp(job)
  redis.call('LPUSH', at('wait'), job)
  redis.call('ZADD', at('marker'), 0, '0')
end

-- Releases the first call of a lane, unless it waits in another lane.
local function advance(lane)
  local key = at('lane:' .. lane)
  local job = redis.call('LINDEX', key, 0)
  while job and redis.call('EXISTS', at(job)) == 0 do
    redis.call('LPOP', key)
    job = redis.call('LINDEX', key, 0)
  end
  if not job or redis.call('SISMEMBER', at('held'), job) == 0 then return end
  if isFirst(job, redis.call('HGET', at(job), 'lanes')) then
    redis.call('SREM', at('held'), job)
    queueUp(job)
  end
end

local function leaveLanes(job, lanes)
  for lane in string.gmatch(lanes or '', '%S+') do
    redis.call('LREM', at('lane:' .. lane), 1, job)
    advance(lane)
  end
end

-- Returns whether the call may be delivered now.
local function enterLanes(job, lanes)
  for lane in string.gmatch(lanes or '', '%S+') do redis.call('RPUSH', at('lane:' .. lane), job) end
  if isFirst(job, lanes) then return true end
  redis.call('SADD', at('held'), job)
  return false
end

-- Removes a job from its lists, unless a worker holds it. Returns its size.
local function detach(job)
  if redis.call('EXISTS', at(job) .. ':lock') == 1 then return end
  local size = redis.call('HSTRLEN', at(job), 'data')
  if redis.call('ZREM', at('failed'), job) == 1 then
    -- Version 0.1.0 did not count dead calls.
    if redis.call('ZREM', at('dead'), job) == 1 then account('dead', -size) end
  elseif redis.call('ZREM', at('delayed'), job) == 1 or redis.call('SREM', at('held'), job) == 1
      or redis.call('LREM', at('wait'), 1, job) == 1 then
    account('bytes', -size)
  else
    return
  end
  return size
end

local function countCalls()
  return redis.call('LLEN', at('wait')) + redis.call('LLEN', at('active'))
    + redis.call('ZCARD', at('delayed')) + redis.call('SCARD', at('held'))
end

-- Restores a lock that expired while the server was frozen, unless another worker took the job.
local function relock(job, token, active)
  local lock = at(job) .. ':lock'
  if redis.call('EXISTS', lock) == 0 and redis.call('LPOS', active, job) then
    redis.call('SET', lock, token, 'PX', 10000)
  end
end
`;
}

/**
 * Hands a call over, unless the server has or had it. `ARGV`: base, queue name, job, tag, milliseconds
 * waited, data, lanes, attempts so far. Returns `queued` or `full`. `addJob` is BullMQ's script.
 */
export function handOverScript(limits: RedisLimits, addJob: string): string {
  return `${clock}${shared(limits)}
local function addJob(KEYS, ARGV)
${addJob}
end
base = ARGV[1]
local queue, job, tag, waited, data, lanes, tries = unpack(ARGV, 2)
local owners = redis.call('HGET', at(job), 'name')
if owners then
  -- A copy of the store handed it over before. Both get the outcome.
  if not string.find(owners, tag, 1, true) then
    redis.call('HSET', at(job), 'name', owners .. ' ' .. tag)
  end
  return 'queued'
end
if redis.call('HEXISTS', '${outcomesKey}' .. tag, job) == 1 then return 'queued' end
local ended = recall(job)
if ended then
  report(tag, job, ended)
  return 'queued'
end
local calls = countCalls()
local bytes = tonumber(redis.call('HGET', at('account'), 'bytes') or 0)
if calls >= ${limits.maxCalls} or (calls > 0 and bytes + #data > ${limits.maxBytes}) then
  return 'full'
end
redis.call('SADD', '${queuesKey}', queue)
if calls == 0 then redis.call('HSET', at('account'), 'bytes', 0) end
addJob(
  { at('wait'), at('paused'), at('meta'), at('id'), at('completed'), at('delayed'), at('active'),
    at('events'), at('marker') },
  { cmsgpack.pack({ base, job, tag, whole(now - waited) }), data,
    cmsgpack.pack({ attempts = 0, stackTraceLimit = 0 }) })
account('bytes', #data)
if tries ~= '0' then redis.call('HSET', at(job), 'progress', '{"tries":' .. tries .. '}') end
if lanes ~= '' then
  redis.call('HSET', at(job), 'lanes', lanes)
  if not enterLanes(job, lanes) then redis.call('LREM', at('wait'), 1, job) end
end
return 'queued'
`;
}

/** Our own scripts by name. They declare no keys, since clusters are unsupported. */
export function ownScripts(limits: RedisLimits) {
  const all = `${evenWhenFull}${clock}${shared(limits)}`;
  return {
    /**
     * `ARGV`: base, job, outcome to report. Returns 1: removed; 0: unknown job; -1: a worker holds it. Without an
     * outcome, it returns the progress of a removed call that has one.
     */
    dropCall: `${all}
base = ARGV[1]
local job, outcome = ARGV[2], ARGV[3]
local owners, lanes, progress = unpack(redis.call('HMGET', at(job), 'name', 'lanes', 'progress'))
if not owners then return 0 end
if not detach(job) then return -1 end
redis.call('DEL', at(job))
leaveLanes(job, lanes)
if not outcome then return progress or 1 end
report(owners, job, outcome)
remember(job, summaryOf(outcome))
return 1
`,
    /**
     * Replaces the data of a call, and its progress unless that is empty. `ARGV`: base, job, data, progress. Returns
     * 1; 0: unknown job; -1: a worker holds it, and has the old data.
     */
    replaceCall: `${all}
base = ARGV[1]
local job, data, progress = ARGV[2], ARGV[3], ARGV[4]
local size = redis.call('HSTRLEN', at(job), 'data')
if size == 0 then return 0 end
redis.call('HSET', at(job), 'data', data)
if not redis.call('ZSCORE', at('failed'), job) then
  account('bytes', #data - size)
elseif redis.call('ZSCORE', at('dead'), job) then
  account('dead', #data - size)
end
if redis.call('EXISTS', at(job) .. ':lock') == 1 then return -1 end
if progress ~= '' then redis.call('HSET', at(job), 'progress', progress) end
redis.call('HDEL', at(job), 'failedReason', 'stacktrace', 'returnvalue')
return 1
`,
    /** Replaces a reported outcome, unless it has changed. `ARGV`: key, field, outcome, new outcome. */
    replaceOutcome: `
if redis.call('HGET', ARGV[1], ARGV[2]) == ARGV[3] then
  redis.call('HSET', ARGV[1], ARGV[2], ARGV[4])
end
`,
    /**
     * Makes a call due now. `ARGV`: base, job, and `again` (with a fresh number of attempts) or `revive` (only a
     * dead call, with the attempts that it had).
     */
    retryCall: `${all}
base = ARGV[1]
local job, how = ARGV[2], ARGV[3]
local owners, lanes, progress = unpack(redis.call('HMGET', at(job), 'name', 'lanes', 'progress'))
if not owners then return 0 end
local dead = redis.call('ZSCORE', at('failed'), job)
if how == 'revive' then
  if not dead then return 0 end
  progress = string.gsub(progress or '{"tries":0}', '"state":"dead",', '', 1)
else
  progress = '{"tries":0,"queued":' .. whole(now) .. '}'
end
local isWaiting = redis.call('SISMEMBER', at('held'), job) == 1 or redis.call('LPOS', at('wait'), job)
if not isWaiting then
  local size = detach(job)
  if not size then return 0 end
  account('bytes', size)
  forget(job)
  redis.call('HDEL', at(job), 'failedReason', 'finishedOn', 'stacktrace')
  -- A delayed call has not left its lanes.
  if not dead or enterLanes(job, lanes) then queueUp(job) end
end
redis.call('HSET', at(job), 'progress', progress)
report(owners, job, progress)
return 1
`,
    /** `ARGV`: base, job, base of the other queue, its name, its URL. Returns 1 if the call was moved. */
    moveCall: `${all}
base = ARGV[1]
local job, there, queue, to = unpack(ARGV, 2)
local owners, lanes = unpack(redis.call('HMGET', at(job), 'name', 'lanes'))
local size = owners and detach(job)
if not size then return 0 end
leaveLanes(job, lanes)
local outcome = '{"state":"moved","tries":0,"to":' .. cjson.encode(to) .. '}'
report(owners, job, outcome)
remember(job, outcome)
local from = at(job)
base = there
redis.call('SADD', '${queuesKey}', queue)
if redis.call('EXISTS', at(job)) == 1 then
  redis.call('DEL', from)
else
  redis.call('RENAME', from, at(job))
  redis.call('HSET', at(job), 'progress', '{"tries":0,"queued":' .. whole(now) .. '}')
  redis.call('HDEL', at(job), 'failedReason', 'finishedOn', 'stacktrace')
  account('bytes', size)
  forget(job)
  if enterLanes(job, lanes) then queueUp(job) end
end
return 1
`,
    /**
     * `ARGV`: tag, the key of the listener's counter, maximum. Returns the counter, and alternating jobs and
     * outcomes.
     */
    readOutcomes: `${evenWhenFull}
local count = redis.call('INCR', ARGV[2])
redis.call('EXPIRE', ARGV[2], 86400)
return { count, redis.call('HRANDFIELD', '${outcomesKey}' .. ARGV[1], ARGV[3], 'WITHVALUES') }
`,
    /** Removes outcomes that the store has recorded. `ARGV`: tag, then alternating jobs and outcomes. */
    forgetOutcomes: `
local outcomes = '${outcomesKey}' .. ARGV[1]
for i = 2, #ARGV, 2 do
  if redis.call('HGET', outcomes, ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', outcomes, ARGV[i])
  end
end
`,
    /**
     * `ARGV`: base, tag, older tags of the store, jobs. Returns for each job whether the server knows it or its
     * outcome, which is reported to the tag from now on.
     */
    findCalls: `${all}
base = ARGV[1]
local tag, older = ARGV[2], ARGV[3]
local function isKnown(job)
  local owners, lanes, progress = unpack(redis.call('HMGET', at(job), 'name', 'lanes', 'progress'))
  if owners then
    if not string.find(owners, tag, 1, true) then
      redis.call('HSET', at(job), 'name', owners .. ' ' .. tag)
      if progress then report(tag, job, progress) end
    end
    for lane in string.gmatch(lanes or '', '%S+') do advance(lane) end
    return true
  end
  if redis.call('HEXISTS', '${outcomesKey}' .. tag, job) == 1 then return true end
  for before in string.gmatch(older, '%S+') do
    local outcome = redis.call('HGET', '${outcomesKey}' .. before, job)
    if outcome then
      report(tag, job, outcome)
      return true
    end
  end
  local ended = recall(job)
  if ended then report(tag, job, ended) end
  return ended
end
local known = {}
for i = 4, #ARGV do known[i - 3] = isKnown(ARGV[i]) and 1 or 0 end
return known
`,
    /** Frees memory by forgetting ended calls. Returns the number of queued calls. */
    makeRoom: `${evenWhenFull}${shared(limits)}
base = ARGV[1]
if redis.call('UNLINK', at('ended-before')) == 0 then redis.call('UNLINK', at('ended')) end
return countCalls()
`,
    /** Fails as long as the server rejects a worker's writes. `ARGV`: base, queue name. */
    probe: `${evenWhenFull}
redis.call('SADD', '${queuesKey}', ARGV[2])
-- Version 0.1.0 wrote an event stream, and limited ordered queues to one call at a time.
redis.call('DEL', ARGV[1] .. 'events')
redis.call('HDEL', ARGV[1] .. 'meta', 'concurrency')
`,
    /** `ARGV`: base. Returns all counts of a queue, and the time. */
    readCounts: `${clock}
local base = ARGV[1]
local ended = redis.call('HMGET', base .. 'account', 'delivered', 'skipped', 'handed over')
return {
  redis.call('LLEN', base .. 'wait') + redis.call('SCARD', base .. 'held'),
  redis.call('ZCARD', base .. 'delayed'), redis.call('LLEN', base .. 'active'),
  redis.call('ZCARD', base .. 'failed'),
  ended[1] or 0, ended[2] or 0, ended[3] or 0, whole(now) }
`,
  };
}

export type OwnScript = keyof ReturnType<typeof ownScripts>;
