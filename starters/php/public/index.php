<?php

require __DIR__ . '/../inbox.php';

// Errors go to the log, and the caller gets a 500.
ini_set('display_errors', '0');

if (rtrim(explode('?', $_SERVER['REQUEST_URI'], 2)[0], '/') !== '/webhooks/netcore') {
    http_response_code(404);
    exit;
}

[$scheme, $code] = explode(' ', $_SERVER['HTTP_AUTHORIZATION'] ?? '', 2) + ['', ''];
$right = getenv('HOOK_USER') . ':' . getenv('HOOK_PASSWORD');
$isConfigured = getenv('HOOK_USER') && getenv('HOOK_PASSWORD');
$given = (string) base64_decode($code);
if (!$isConfigured || strtolower($scheme) !== 'basic' || !hash_equals($right, $given)) {
    header('WWW-Authenticate: Basic realm="webhook", charset="UTF-8"');
    http_response_code(401);
    exit;
}

if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    header('Allow: POST');
    http_response_code(405);
    exit;
}

$data = $_POST['data'] ?? file_get_contents('php://input');
// PHP drops a body above post_max_size, which would look like an empty one.
if ($data === '' && !isset($_POST['data']) && (int) ($_SERVER['CONTENT_LENGTH'] ?? 0) > 0) {
    http_response_code(413);
    exit;
}
try {
    read_payload($data); // throws unless it holds a payload: all panels, and their events
} catch (JsonException | TypeError) {
    http_response_code(400);
    exit;
}
store_call($data); // in a table on the disk, from which work.php works
http_response_code(200);
