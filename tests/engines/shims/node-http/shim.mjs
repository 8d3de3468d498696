// A shim for http.request of Node.js: requests on stdin, outcomes on stdout, one JSON object a line.
//
// The module has no proxies, and needs no switch against redirects, cookies and decoding: it has none of them.
// Of the limits it keeps total_ms, by a timer.
import http from 'node:http'
import https from 'node:https'
import { createInterface } from 'node:readline'

const claims = ['keep-alive', 'tls', 'no-retries', 'streaming', 'cancellation', 'concurrent']
const running = new Map() // from the id of an exchange to what ends it
let agents = newAgents({})

const write = line => process.stdout.write(JSON.stringify(line) + '\n')

function newAgents({ roots_pem }) {
  return {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true, ca: roots_pem ?? undefined })
  }
}

function send(id, { method, url, headers, body, limits }) {
  const { protocol } = new URL(url)
  const content = body === null ? undefined : Buffer.from(body, 'base64')
  const named = {} // a name that comes twice has a list
  for (const [name, value] of headers) {
    const key = Object.keys(named).find(known => known.toLowerCase() === name.toLowerCase()) ?? name
    named[key] = key in named ? [named[key], value].flat() : value
  }
  if (content && !Object.keys(named).some(name => /^(content-length|transfer-encoding)$/i.test(name))) {
    named['Content-Length'] = content.length // else the module sends chunks, or for a GET no framing at all
  }
  const request = (protocol === 'https:' ? https : http).request(url, { method, headers: named, agent: agents[protocol] })

  const end = outcome => {
    if (!running.delete(id)) return
    clearTimeout(late)
    write({ id, ...outcome })
  }
  const fail = (message, kind = null) => {
    end({ error: { message, kind } })
    request.destroy()
  }
  const late = setTimeout(() => fail('total timeout', 'timeout'), limits.total_ms ?? 3_600_000)
  running.set(id, () => fail('cancelled', 'cancelled'))

  request.on('error', error => fail(`${error.code ?? ''} ${error.message}`.trim()))
  request.on('upgrade', (_, socket) => fail('the peer switched protocols', socket.destroy()))
  request.on('response', response => {
    const raw = response.rawHeaders
    const pairs = raw.flatMap((name, at) => (at % 2 ? [] : [[name, raw[at + 1]]]))
    write({ id, head: { status: response.statusCode, headers: pairs } })
    response.on('data', piece => running.has(id) && write({ id, chunk: piece.toString('base64') }))
    response.on('end', () => end({ end: {} }))
    response.on('error', error => fail(`${error.code ?? ''} ${error.message}`.trim()))
  })
  request.end(content)
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
  if (hello) {
    write({ hello: { protocol: 1, name: 'Node http', version: process.versions.node, language: 'JavaScript', claims } })
  }
  if (client) {
    for (const agent of Object.values(agents)) agent.destroy()
    agents = newAgents(client)
    write({ id, ok: {} })
  }
  if (exchange) {
    try {
      send(id, exchange)
    } catch (error) { // the module accepts no such request
      write({ id, error: { message: error.message } })
    }
  }
  if (cancel) running.get(id)?.()
}
process.exit(0)
