<?php
foreach (json_decode($_POST['data']) as $events) {
    foreach ($events as $event) {
        if ($event->event === 'bounce') {
            throw new RuntimeException('No handler for bounce');
        }
    }
}
http_response_code(200);
