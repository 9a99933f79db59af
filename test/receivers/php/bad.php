<?php
$flaw = getenv('FLAW');
if ($flaw === 'form' && !str_contains($_SERVER['CONTENT_TYPE'] ?? '', 'json')) {
    http_response_code(415);
    exit;
}
if ($flaw === 'panel' && isset($_POST['data'])) {
    foreach (json_decode($_POST['data'])->shop as $event) {
        strlen($event->channel);
    }
    throw new RuntimeException('No panel "shop"');
}
if ($flaw === 'raises') {
    foreach (json_decode($_POST['data']) as $events) {
        foreach ($events as $event) {
            if ($event->event === 'bounce') {
                throw new RuntimeException('No handler for bounce');
            }
        }
    }
}
if ($flaw === 'limit' && (int) $_SERVER['CONTENT_LENGTH'] > 1_000_000) {
    http_response_code(413);
    exit;
}
if ($flaw === 'slow') {
    usleep(1_100_000);
}
http_response_code($flaw === 'created' ? 201 : 200);
