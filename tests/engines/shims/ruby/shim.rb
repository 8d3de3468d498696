# A shim for Ruby's net/http: requests on stdin, outcomes on stdout, one JSON object a line.
#
# A Net::HTTP is one connection, so this keeps one for each origin. Of the limits it keeps connect_ms, and
# total_ms by Timeout; read_timeout is one silence for head and body, here the longer of the two.

require "json"
require "net/http"
require "openssl"
require "timeout"

CLAIMS = %w[keep-alive tls proxy no-retries streaming].freeze
TotalTimeout = Class.new(Timeout::Error)

def write(line)
  $stdout.puts(JSON.generate(line))
  $stdout.flush
end

# The bytes of a string of the protocol, in which each character stands for one byte; and back.
def latin1(text) = text.encode(Encoding::ISO_8859_1).force_encoding(Encoding::BINARY)
def text(bytes) = bytes.dup.force_encoding(Encoding::ISO_8859_1).encode(Encoding::UTF_8)

class Client
  def initialize(settings)
    @roots = settings["roots_pem"]
    @proxy = settings["proxy"] && URI(settings["proxy"])
    @sessions = {}
  end

  def close
    @sessions.each_value { |session| session.finish if session.started? }
  end

  def send(id, exchange)
    uri = URI(exchange["url"])
    limits = exchange["limits"]
    Timeout.timeout(limits["total_ms"]&.fdiv(1000), TotalTimeout) do
      session(uri, limits).request(request(uri, exchange)) do |response|
        headers = response.each_header.flat_map do |name, _|
          response.get_fields(name).map { |value| [text(name), text(value)] }
        end
        write(id:, head: { status: response.code.to_i, headers: })
        response.read_body { |piece| write(id:, chunk: [piece].pack("m0")) }
      end
    end
    write(id:, end: {})
  rescue StandardError => e
    @sessions.delete(uri&.origin)&.then { |broken| broken.finish if broken.started? }
    write(id:, error: { message: "#{e.class}: #{e.message}", kind: ("timeout" if e.is_a?(Timeout::Error)) })
  end

  private

  def session(uri, limits)
    http = @sessions[uri.origin] ||= open(uri)
    http.read_timeout = limits.values_at("head_ms", "idle_ms").compact.max&.fdiv(1000)
    http.write_timeout = limits["idle_ms"]&.fdiv(1000)
    return http if http.started?

    http.open_timeout = limits["connect_ms"]&.fdiv(1000)
    http.start
  end

  def open(uri)
    # Without an address of a proxy it would look into the environment.
    proxy = @proxy ? [@proxy.hostname, @proxy.port, @proxy.user, @proxy.password] : [nil]
    http = Net::HTTP.new(uri.hostname, uri.port, *proxy)
    http.max_retries = 0
    http.use_ssl = uri.scheme == "https"
    if @roots && http.use_ssl?
      http.cert_store = OpenSSL::X509::Store.new
      @roots.scan(/-----BEGIN.*?-----END[^\n]*/m) { |pem| http.cert_store.add_cert(OpenSSL::X509::Certificate.new(pem)) }
    end
    http
  end

  def request(uri, exchange)
    method, body = exchange.values_at("method", "body")
    has_body = body || %w[POST PUT PATCH].include?(method)
    # One that names an Accept-Encoding gets the body as it comes.
    request = Net::HTTPGenericRequest.new(method, has_body, method != "HEAD", uri, "Accept-Encoding" => "identity")
    request.delete("Accept-Encoding")
    exchange["headers"].group_by { |name, _| name.downcase }.each do |name, fields|
      request.delete(name) # those that the library sets by itself
      fields.each { |_, value| request.add_field(name, latin1(value)) }
    end
    request.body = body.unpack1("m") if body
    request
  end
end

client = Client.new({})
$stdin.each_line do |line|
  begin
    message = JSON.parse(line)
  rescue JSON::ParserError => e
    warn "shim: not a line of the protocol: #{e.message.lines.first}"
    exit 2
  end
  id = message["id"]
  if message["hello"]
    write(hello: { protocol: 1, name: "net/http", version: RUBY_VERSION, language: "Ruby", claims: CLAIMS })
  elsif message["client"]
    client.close
    client = Client.new(message["client"])
    write(id:, ok: {})
  elsif message["send"]
    client.send(id, message["send"])
  end
end
