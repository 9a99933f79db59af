<?php

// Works through the stored calls, also those that were left when the process ended.

require __DIR__ . '/inbox.php';

const POLL_MICROSECONDS = 100_000;

for (;;) {
    try {
        $worked = work_on_next_call();
    } catch (Throwable $error) {
        error_log((string) $error);
        $worked = false;
    }
    if (!$worked) {
        usleep(POLL_MICROSECONDS);
    }
}
