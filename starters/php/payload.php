<?php

// Reads the body of a call, and identifies its events as docs/payload.md of netcore-hook defines.

ini_set('serialize_precision', '-1');

const CHANNELS = ['email', 'sms', 'apn', 'bpn', 'whatsapp', 'rcs', 'custom_activity'];
const ACTIVITIES = [
    'deliver' => 'delivered', 'delivered' => 'delivered',
    'open' => 'open', 'opened' => 'open', 'read' => 'open',
    'click' => 'click', 'clicked' => 'click', 'bounce' => 'bounce', 'bounced' => 'bounce',
    'fail' => 'failed', 'failed' => 'failed',
];
const MAX_LEVELS = 500;

/** An event, with what a handler needs of it first. */
final class Event
{
    public function __construct(
        public readonly string $panel,
        public readonly string $channel, // "other" if Netcore does not document it
        public readonly string $activity, // in one spelling: "Clicked" is "click"
        public readonly string $contact,
        public readonly string $key, // equal for repeats of the event, different for any other one
        public readonly bool $weak, // has no time: do not deduplicate it by its key
        public readonly stdClass $event, // as received
    ) {
    }
}

/** The panels of a payload. An empty text, as of the Test button, has none. Throws JsonException. */
function read_payload(string $data): stdClass
{
    $flags = JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE;
    $panels = $data === '' ? new stdClass() : json_decode($data, false, 512, $flags);
    if (!$panels instanceof stdClass) {
        throw new JsonException('The payload is not an object of panels.');
    }
    return $panels;
}

/** The events of all panels, in their order. */
function find_events(stdClass $payload): array
{
    $found = [];
    foreach ($payload as $panel => $events) {
        foreach (is_array($events) ? $events : [] as $event) {
            if ($event instanceof stdClass) {
                $found[] = identify((string) $panel, $event);
            }
        }
    }
    return $found;
}

function identify(string $panel, stdClass $event): Event
{
    $params = fields($event->event_params ?? null);
    $attributes = fields($event->att_params ?? null);
    $channel = text_of($event->channel ?? null);
    if (in_array(strtolower(trimmed($channel)), CHANNELS, true)) {
        $channel = strtolower(trimmed($channel));
    }
    $isCustom = $channel === 'custom_activity';
    $names = $isCustom ? [$params->asset_name ?? null, $params->activity_name ?? null] : [];
    $activity = first_text([...$names, $event->event ?? null]);
    if (!$isCustom) {
        $activity = ACTIVITIES[strtolower(trimmed($activity))] ?? $activity;
    }
    $contact = normal_contact(first_text([
        $params->foreignkey ?? null,
        $params->identity ?? null,
        $params->email ?? null,
        $attributes->EMAIL ?? null,
        $params->mobile ?? null,
        $attributes->MOBILE ?? null,
        fields($event->custom_params ?? null)->userid ?? null,
    ], trimmed(...)));
    $time = time_of(text_of($params->ts ?? null), text_of($params->timestamp ?? null));
    $detail = '';
    if ($isCustom) {
        $detail = digest([canonical_json($event->payload_params ?? null)]);
    } elseif ($activity === 'click') {
        $detail = first_text([$params->url ?? null, $params->linkid ?? null]);
    }
    $msgid = text_of($event->msgid ?? null);
    $isWeak = $time === '';
    $key = digest($isWeak
        ? [$panel, canonical_json($event)]
        : [$panel, $msgid, $contact, $channel, $activity, $time, $detail]);
    $known = in_array($channel, CHANNELS, true) ? $channel : 'other';
    return new Event($panel, $known, $activity, $contact, $key, $isWeak, $event);
}

function fields(mixed $value): stdClass
{
    return $value instanceof stdClass ? $value : new stdClass();
}

/** Text, numbers and booleans as text; everything else is missing. */
function text_of(mixed $value): string
{
    return match (true) {
        is_bool($value) => $value ? 'true' : 'false',
        is_float($value) => is_finite($value) ? number_text($value) : '',
        is_string($value), is_int($value) => (string) $value,
        default => '',
    };
}

/** The first value whose text is not empty. */
function first_text(array $values, ?callable $change = null): string
{
    foreach ($values as $value) {
        $text = $change === null ? text_of($value) : $change(text_of($value));
        if ($text !== '') {
            return $text;
        }
    }
    return '';
}

function trimmed(string $text): string
{
    $space = '[\x{9}-\x{d}\x{20}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]';
    return preg_replace("/^$space+|$space+$/Du", '', $text);
}

function normal_contact(string $text): string
{
    if (str_contains($text, '@')) {
        return function_exists('mb_strtolower') ? mb_strtolower($text) : strtolower($text);
    }
    return preg_match('/^\+[\d\s().-]+$/D', $text) ? preg_replace('/\D/', '', $text) : $text;
}

function time_of(string $ts, string $timestamp): string
{
    $isDate = preg_match('/^\d\d(\d\d)-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)/', $timestamp, $parts);
    if ($ts !== '' || !$isDate) {
        return $ts !== '' ? $ts : $timestamp;
    }
    return implode(array_slice($parts, 1));
}

function digest(array $parts): string
{
    $line = fn (string $part) => str_contains($part, "\n") ? json_text($part) : $part;
    return substr(hash('sha256', implode("\n", array_map($line, $parts))), 0, 32);
}

/** JSON as RFC 8785 defines it: sorted keys, no white space, numbers as JavaScript has them. */
function canonical_json(mixed $value, int $level = 0): string
{
    if (is_array($value) || $value instanceof stdClass) {
        if ($level === MAX_LEVELS) {
            return 'null';
        }
        $items = [];
        foreach ($value as $name => $item) {
            $items[(string) $name] = canonical_json($item, $level + 1);
        }
        if (is_array($value)) {
            return '[' . implode(',', $items) . ']';
        }
        uksort($items, fn ($a, $b) => strcmp(code_units((string) $a), code_units((string) $b)));
        $member = fn ($name) => json_text((string) $name) . ':' . $items[$name];
        return '{' . implode(',', array_map($member, array_keys($items))) . '}';
    }
    return is_int($value) || is_float($value) ? number_text((float) $value) : json_text($value);
}

/** Sorts as JavaScript sorts: by UTF-16. */
function code_units(string $text): string
{
    return iconv('UTF-8', 'UTF-16BE', $text);
}

function json_text(mixed $value): string
{
    $flags = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_LINE_TERMINATORS;
    return json_encode($value, $flags | JSON_THROW_ON_ERROR);
}

function number_text(float $number): string
{
    if (!is_finite($number)) {
        return 'null';
    }
    if ($number == 0) {
        return '0';
    }
    // The shortest digits that identify the number, and where its decimal point is.
    preg_match('/^(-?)(\d+)(?:\.(\d+))?(?:E([+-]\d+))?$/', var_export($number, true), $parts);
    [, $sign, $whole, $fraction, $exponent] = $parts + ['', '', '', '', '0'];
    $all = $whole . $fraction;
    $point = strlen($whole) + (int) $exponent - (strlen($all) - strlen(ltrim($all, '0')));
    $digits = trim($all, '0');
    $count = strlen($digits);
    $text = match (true) {
        $point > 21 || $point <= -6 => $digits[0] . ($count > 1 ? '.' . substr($digits, 1) : '')
            . 'e' . sprintf('%+d', $point - 1),
        $point <= 0 => '0.' . str_repeat('0', -$point) . $digits,
        $point >= $count => str_pad($digits, $point, '0'),
        default => substr($digits, 0, $point) . '.' . substr($digits, $point),
    };
    return $sign . $text;
}
