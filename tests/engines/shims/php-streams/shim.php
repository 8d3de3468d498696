<?php
// A shim for PHP's http:// stream wrapper, the engine under file_get_contents: requests on stdin, outcomes on
// stdout, one JSON object a line.
//
// Each request has a connection of its own. The wrapper's timeout is one of silence, so idle_ms; total_ms is
// looked at between reads.

declare(strict_types=1);

const CLAIMS = ['tls', 'proxy', 'no-retries'];

ini_set('memory_limit', '-1');

function write(array $line): void
{
    fwrite(STDOUT, json_encode($line, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES) . "\n");
}

/** The bytes of a string of the protocol, in which each character stands for one byte; and back. */
function latin1(string $text): string
{
    return iconv('UTF-8', 'ISO-8859-1', $text);
}

function text(string $bytes): string
{
    return iconv('ISO-8859-1', 'UTF-8', $bytes);
}

function context(array $client, array $exchange)
{
    $limits = $exchange['limits'];
    $lines = array_map(fn ($header) => $header[0] . ': ' . latin1($header[1]), $exchange['headers']);
    $http = [
        'method' => $exchange['method'],
        'protocol_version' => 1.1,
        'ignore_errors' => true, // a status of failure is a response too
        'follow_location' => 0,
        'timeout' => min($limits['idle_ms'] ?? 60_000, $limits['total_ms'] ?? 60_000) / 1000,
    ];
    if (isset($exchange['body'])) {
        $http['content'] = base64_decode($exchange['body']);
    }
    if (isset($client['proxy'])) {
        $proxy = parse_url($client['proxy']);
        $http['proxy'] = "tcp://{$proxy['host']}:{$proxy['port']}";
        $http['request_fulluri'] = str_starts_with($exchange['url'], 'http:');
        if (isset($proxy['user'])) {
            $credentials = urldecode($proxy['user']) . ':' . urldecode($proxy['pass'] ?? '');
            $lines[] = 'Proxy-Authorization: Basic ' . base64_encode($credentials);
        }
    }
    $http['header'] = $lines;
    return stream_context_create(['http' => $http, 'ssl' => isset($client['cafile']) ? ['cafile' => $client['cafile']] : []]);
}

function send(array $client, array $exchange): array
{
    $until = microtime(true) + ($exchange['limits']['total_ms'] ?? 60_000) / 1000;
    error_clear_last();
    $stream = @fopen($exchange['url'], 'r', false, context($client, $exchange));
    if ($stream === false) {
        return ['error' => ['message' => error_get_last()['message'] ?? 'no stream']];
    }
    try {
        // The heads of all responses, the interim ones too.
        [$status, $headers] = [0, []];
        foreach (stream_get_meta_data($stream)['wrapper_data'] as $line) {
            if (preg_match('{^HTTP/\S+ +(\d+)}', $line, $found)) {
                [$status, $headers] = [(int) $found[1], []];
            } else {
                [$name, $value] = explode(':', $line, 2) + [1 => ''];
                $headers[] = [text($name), text(trim($value, " \t"))];
            }
        }
        for ($body = ''; !feof($stream); $body .= $piece) {
            $piece = @fread($stream, 65536);
            if ($piece === false) {
                return ['error' => ['message' => error_get_last()['message'] ?? 'the body cannot be read']];
            }
            if (stream_get_meta_data($stream)['timed_out'] || microtime(true) > $until) {
                return ['error' => ['message' => 'the body takes too long', 'kind' => 'timeout']];
            }
        }
        return ['response' => ['status' => $status, 'headers' => $headers, 'body' => base64_encode($body)]];
    } finally {
        fclose($stream);
    }
}

$client = [];
while (($line = fgets(STDIN)) !== false) {
    try {
        $message = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    } catch (JsonException $error) {
        fwrite(STDERR, "shim: not a line of the protocol: {$error->getMessage()}\n");
        exit(2);
    }
    if (isset($message['hello'])) {
        write(['hello' => ['protocol' => 1, 'name' => 'PHP streams', 'version' => PHP_VERSION, 'language' => 'PHP', 'claims' => CLAIMS]]);
    } elseif (isset($message['client'])) {
        $client = $message['client'];
        if (isset($client['roots_pem'])) { // a file, since the wrapper takes nothing else
            $roots = tmpfile();
            fwrite($roots, $client['roots_pem']);
            $client['cafile'] = stream_get_meta_data($roots)['uri'];
        }
        write(['id' => $message['id'], 'ok' => new stdClass()]);
    } elseif (isset($message['send'])) {
        write(['id' => $message['id']] + send($client, $message['send']));
    }
}
