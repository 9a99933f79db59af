<?php

// Starts PHP's own web server and the worker. With php-fpm, start work.php alone.

if (!getenv('HOOK_USER') || !getenv('HOOK_PASSWORD')) {
    fwrite(STDERR, "Set HOOK_USER and HOOK_PASSWORD to the credentials that the panel sends.\n");
    exit(2);
}
$address = (getenv('HOST') ?: '127.0.0.1') . ':' . (getenv('PORT') ?: '3000');
$settings = ['-c', __DIR__ . '/public/.user.ini', '-d', 'display_errors=0'];
$commands = [
    [PHP_BINARY, ...$settings, '-S', $address, '-t', __DIR__ . '/public', __DIR__ . '/public/index.php'],
    [PHP_BINARY, __DIR__ . '/work.php'],
];
$processes = array_map(
    fn (array $command) => proc_open($command, [STDIN, STDOUT, STDERR], $pipes),
    $commands,
);

$stop = function () use ($processes): never {
    array_map(fn ($process) => proc_terminate($process), $processes);
    exit;
};
pcntl_async_signals(true);
pcntl_signal(SIGTERM, $stop);
pcntl_signal(SIGINT, $stop);

// One without the other would take calls that are never worked on, or none.
while (array_filter($processes, fn ($process) => !proc_get_status($process)['running']) === []) {
    usleep(200_000);
}
$stop();
