// A shim for undici's fetch: requests on stdin, outcomes on stdout, one JSON object a line.
//
// fetch always decodes a Content-Encoding that it knows. Of the limits it keeps total_ms, by a signal.
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { Agent, ProxyAgent, fetch } from 'undici'

const { version } = createRequire(import.meta.url)('undici/package.json')
const claims = ['keep-alive', 'tls', 'proxy', 'no-retries', 'streaming', 'cancellation', 'concurrent']
const running = new Map() // from the id of an exchange to what cancels it
let dispatcher = new Agent()

const write = line => process.stdout.write(JSON.stringify(line) + '\n')
// What fetch throws says "fetch failed", and its cause says why.
const message = error => [error, error.cause].filter(Boolean).map(e => e.message || e.code).join(': ')

function newDispatcher({ roots_pem, proxy }) {
  const tls = roots_pem ? { ca: roots_pem } : {}
  if (!proxy) return new Agent({ connect: tls })
  const { origin, username, password } = new URL(proxy)
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)
  const token = username ? `Basic ${credentials.toString('base64')}` : undefined
  return new ProxyAgent({ uri: origin, token, requestTls: tls })
}

async function send(id, { method, url, headers, body, limits }) {
  const canceller = new AbortController()
  running.set(id, canceller)
  const late = setTimeout(() => canceller.abort(new Error('total timeout')), limits.total_ms ?? 3_600_000)
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body === null ? undefined : Buffer.from(body, 'base64'),
      redirect: 'manual',
      signal: canceller.signal,
      dispatcher
    })
    write({ id, head: { status: response.status, headers: [...response.headers] } })
    for await (const piece of response.body ?? []) {
      write({ id, chunk: Buffer.from(piece).toString('base64') })
    }
    write({ id, end: {} })
  } catch (error) {
    const kind = { 'total timeout': 'timeout', cancelled: 'cancelled' }[error?.message] ?? null
    write({ id, error: { message: message(error), kind } })
  } finally {
    clearTimeout(late)
    running.delete(id)
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let request
  try {
    request = JSON.parse(line)
  } catch (error) {
    console.error(`shim: not a line of the protocol: ${error.message}`)
    process.exit(2)
  }
  const { id, hello, client, send: exchange, cancel } = request
  if (hello) write({ hello: { protocol: 1, name: 'undici fetch', version, language: 'JavaScript', claims } })
  if (client) {
    try {
      const fresh = newDispatcher(client)
      await dispatcher.destroy()
      dispatcher = fresh
      write({ id, ok: {} })
    } catch (error) {
      write({ id, error: { message: message(error) } })
    }
  }
  if (exchange) send(id, exchange)
  if (cancel) running.get(id)?.abort(new Error('cancelled'))
}
process.exit(0)
