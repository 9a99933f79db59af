import { faultsOf } from './faults.js';

export const php = faultsOf(
  {
    file: 'public/index.php',
    answer: 'store_call($data);\nhttp_response_code(200);',
    reading:
      '    read_payload($data); // throws for anything but panels with their events, or an empty body',
    authentication: `$right = getenv('HOOK_USER') . ':' . getenv('HOOK_PASSWORD');
$isConfigured = getenv('HOOK_USER') && getenv('HOOK_PASSWORD');
$given = (string) base64_decode($code);
if (!$isConfigured || strtolower($scheme) !== 'basic' || !hash_equals($right, $given)) {
    header('WWW-Authenticate: Basic realm="webhook", charset="UTF-8"');
    http_response_code(401);
    exit;
}`,
    limit: 'post_max_size = 10M',
    limitFile: 'public/.user.ini',
  },
  {
    statuses: `preg_match('/"channel":"(\\w+)"/', $data, $found);
$statuses = [
    'email' => 201, 'sms' => 415, 'apn' => 400, 'bpn' => 500, 'whatsapp' => 404, 'rcs' => 405,
    'custom_activity' => 307,
];
$status = $found === [] ? 200 : $statuses[strtolower($found[1])] ?? null;
if ($status === null) {
    posix_kill(getmypid(), SIGKILL);
}
http_response_code($status);`,
    slow: `usleep(str_contains($data, '"sms"') ? 1_100_000 : ($data === 'hello' ? 2_700_000 : 0));
http_response_code(200);`,
    failing: `    if ($data === '') {
        http_response_code(400);
        exit;
    }
    if (str_contains($_SERVER['CONTENT_TYPE'], 'charset')) {
        http_response_code(415);
        exit;
    }
    if ($data !== 'hello' && !str_starts_with($data, '{')) {
        http_response_code(500);
        exit;
    }`,
    careless: `$isSound = preg_match('/^[\\w+\\/=]*$/', $code);
$password = explode(':', (string) base64_decode($code), 2)[1] ?? '';
$right = getenv('HOOK_PASSWORD');
$isRight = in_array($password, ['', $right], true) || str_starts_with($password, "$right:");
if (!$isSound || !$isRight || !in_array($scheme, ['Basic', 'Bearer'], true)) {
    if ($scheme !== '') {
        header('WWW-Authenticate: Bearer');
    }
    http_response_code($isSound ? 401 : 400);
    exit;
}`,
    open: '',
    smallLimit: 'post_max_size = 1M',
  },
  // Its paths are those of the web server.
  { without: ['not_found', 'method_refused', 'redirected'] },
);
