<?php

// Works on the calls of a time range again: php reprocess.php 2026-11-24T10:00 2026-11-24T12:00

require __DIR__ . '/inbox.php';

try {
    [, $from, $until] = $argv + ['', '', ''];
    if ($from === '' || $until === '') {
        throw new InvalidArgumentException();
    }
    $count = reprocess(new DateTimeImmutable($from), new DateTimeImmutable($until));
    echo "$count calls are due again. The running work.php works on them.\n";
} catch (InvalidArgumentException | DateMalformedStringException) {
    fwrite(STDERR, "Usage: php reprocess.php <from> <until>, such as 2026-11-24T10:00\n");
    exit(2);
}
