<?php
[$scheme, $code] = explode(' ', $_SERVER['HTTP_AUTHORIZATION'] ?? '', 2) + ['', ''];
$right = getenv('HOOK_USER') . ':' . getenv('HOOK_PASSWORD');
if (strtolower($scheme) !== 'basic' || !hash_equals($right, (string) base64_decode($code))) {
    header('WWW-Authenticate: Basic realm="webhook", charset="UTF-8"');
    http_response_code(401);
    exit;
}

try {
    $panels = json_decode($_POST['data'] ?? '{}', true, 512, JSON_THROW_ON_ERROR);
} catch (JsonException) {
    http_response_code(400);
    exit;
}
$events = [];
foreach (is_array($panels) ? $panels : [] as $list) {
    foreach (is_array($list) ? $list : [] as $event) {
        $events[] = $event;
    }
}

// Another program works on the lines of this file; a queue does as well.
file_put_contents(getenv('HOOK_SPOOL'), json_encode($events) . "\n", FILE_APPEND | LOCK_EX);
http_response_code(200);
