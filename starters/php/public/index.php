<?php

// Of netcore-hook init php: stores calls on the disk, where work.php works on them.
require __DIR__ . '/../inbox.php';

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
http_response_code(200);
