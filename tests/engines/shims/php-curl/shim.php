<?php
// A shim for PHP's curl extension: requests on stdin, outcomes on stdout, one JSON object a line.
//
// libcurl repeats a request by itself on a connection that was closed under it, and no option changes that:
// no-retries is not claimed. Of the limits it keeps connect_ms and total_ms.

declare(strict_types=1);

const CLAIMS = ['keep-alive', 'tls', 'proxy'];

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

/** The options of one exchange; what the peer sends goes to $headers and $body. */
function options(array $client, array $exchange, array &$headers, string &$body): array
{
    $given = array_map(fn ($header) => strtolower($header[0]), $exchange['headers']);
    $lines = [];
    foreach ($exchange['headers'] as [$name, $value]) {
        $lines[] = $value === '' ? "$name;" : "$name: " . latin1($value);
    }
    foreach (['Content-Type', 'Expect'] as $name) { // which libcurl would add to an upload
        if (!in_array(strtolower($name), $given, true)) {
            $lines[] = "$name:";
        }
    }

    $over = false; // what follows the head's end are trailers
    $options = [
        CURLOPT_URL => $exchange['url'],
        CURLOPT_PATH_AS_IS => true,
        CURLOPT_CUSTOMREQUEST => $exchange['method'],
        CURLOPT_HTTPHEADER => $lines,
        CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
        CURLOPT_FOLLOWLOCATION => false,
        CURLOPT_PROXY => $client['proxy'] ?? '', // an empty one ignores the environment
        CURLOPT_NOPROXY => '',
        CURLOPT_SUPPRESS_CONNECT_HEADERS => true,
        CURLOPT_CONNECTTIMEOUT_MS => $exchange['limits']['connect_ms'] ?? 0,
        CURLOPT_TIMEOUT_MS => $exchange['limits']['total_ms'] ?? 0,
        CURLOPT_WRITEFUNCTION => function ($_, string $piece) use (&$body): int {
            $body .= $piece;
            return strlen($piece);
        },
        CURLOPT_HEADERFUNCTION => function ($_, string $line) use (&$headers, &$over): int {
            $field = rtrim($line, "\r\n");
            if (str_starts_with($line, 'HTTP/')) {
                [$headers, $over] = [[], false]; // a head after an interim one
            } elseif ($field === '') {
                $over = true;
            } elseif (!$over && ltrim($field, " \t") !== $field && $headers) {
                $headers[array_key_last($headers)][1] .= ' ' . text(trim($field, " \t")); // a folded line
            } elseif (!$over) {
                [$name, $value] = explode(':', $field, 2) + [1 => ''];
                $headers[] = [text($name), text(trim($value, " \t"))];
            }
            return strlen($line);
        },
    ];
    if (isset($client['roots_pem'])) {
        $options[CURLOPT_CAINFO_BLOB] = $client['roots_pem'];
    }
    if ($exchange['method'] === 'HEAD') {
        $options[CURLOPT_NOBODY] = true;
    } elseif (isset($exchange['body']) || in_array($exchange['method'], ['POST', 'PUT', 'PATCH'], true)) {
        $options[CURLOPT_POSTFIELDS] = base64_decode($exchange['body'] ?? '');
    }
    return $options;
}

function send(CurlHandle $handle, array $client, array $exchange): array
{
    [$headers, $body] = [[], ''];
    curl_reset($handle); // its connections stay
    curl_setopt_array($handle, options($client, $exchange, $headers, $body));
    if (curl_exec($handle) === false) {
        $kind = curl_errno($handle) === CURLE_OPERATION_TIMEDOUT ? 'timeout' : null;
        return ['error' => ['message' => curl_error($handle), 'kind' => $kind]];
    }
    $status = curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
    return ['response' => ['status' => $status, 'headers' => $headers, 'body' => base64_encode($body)]];
}

$handle = curl_init();
$client = [];
while (($line = fgets(STDIN)) !== false) {
    try {
        $message = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    } catch (JsonException $error) {
        fwrite(STDERR, "shim: not a line of the protocol: {$error->getMessage()}\n");
        exit(2);
    }
    if (isset($message['hello'])) {
        write(['hello' => ['protocol' => 1, 'name' => 'PHP curl', 'version' => PHP_VERSION . '/' . curl_version()['version'],
            'language' => 'PHP', 'claims' => CLAIMS]]);
    } elseif (isset($message['client'])) {
        $handle = curl_init(); // the connections of the last one close with it
        $client = $message['client'];
        write(['id' => $message['id'], 'ok' => new stdClass()]);
    } elseif (isset($message['send'])) {
        try {
            write(['id' => $message['id']] + send($handle, $client, $message['send']));
        } catch (ValueError $error) { // the extension accepts no such option
            write(['id' => $message['id'], 'error' => ['message' => $error->getMessage()]]);
        }
    }
}
