import type { Framework } from './framework.js';

const handler = `// Of netcore-hook init php: stores calls on the disk, where work.php works on them.
require __DIR__ . '/../inbox.php';

$data = $_POST['data'] ?? file_get_contents('php://input');
// PHP parses no form above post_max_size.
$isForm = str_starts_with($_SERVER['CONTENT_TYPE'] ?? '', 'application/x-www-form-urlencoded');
if ($isForm && $_POST === [] && (int) ($_SERVER['CONTENT_LENGTH'] ?? 0) > 0) {
    http_response_code(413);
    exit;
}
try {
    read_payload($data); // throws for anything but panels with their events, or an empty body
} catch (JsonException | TypeError) {
    http_response_code(400);
    exit;
}
store_call($data);
http_response_code(200);`;

const answer = `// Of netcore-hook init php: stores calls on the disk, where work.php works on them.
require __DIR__ . '/../inbox.php';

store_call($data);
http_response_code(200);`;

export const php: Framework = {
  id: 'php',
  name: 'PHP',
  tested: true,
  snippets: {
    body_limit: `; in php.ini, or for php-fpm in .user.ini
post_max_size = 10M`,
    read_events: handler,
    answer_200: answer,
    answer_first: answer,
    basic_auth: `[$scheme, $code] = explode(' ', $_SERVER['HTTP_AUTHORIZATION'] ?? '', 2) + ['', ''];
$right = getenv('HOOK_USER') . ':' . getenv('HOOK_PASSWORD');
$isConfigured = getenv('HOOK_USER') && getenv('HOOK_PASSWORD');
$given = (string) base64_decode($code);
if (!$isConfigured || strtolower($scheme) !== 'basic' || !hash_equals($right, $given)) {
    header('WWW-Authenticate: Basic realm="webhook", charset="UTF-8"');
    http_response_code(401);
    exit;
}`,
  },
};
