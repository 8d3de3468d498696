// A shim for java.net.http.HttpClient: requests on stdin, outcomes on stdout, one JSON object a line.
//
// The engine repeats GET and HEAD on a connection that was closed under it, and only the properties below
// change that. Of the limits it keeps total_ms: its own timeout ends with the head of the response.

import java.io.*;
import java.net.*;
import java.net.http.*;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.*;
import java.util.*;
import java.util.concurrent.*;
import javax.net.ssl.*;

import static java.nio.charset.StandardCharsets.*;

public class Shim {
    static final String CLAIMS = "[\"keep-alive\",\"tls\",\"proxy\",\"cancellation\",\"concurrent\"]";
    static final Map<Long, CompletableFuture<HttpResponse<byte[]>>> running = new ConcurrentHashMap<>();
    static HttpClient client;

    public static void main(String[] args) throws Exception {
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "connection,content-length,expect,host,upgrade");
        System.setProperty("jdk.httpclient.disableRetryConnect", "true");
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", ""); // Basic, for a proxy
        var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            Map<String, Object> message;
            try {
                message = object(new Json(line).value());
            } catch (RuntimeException e) {
                System.err.println("shim: not a line of the protocol: " + e.getMessage());
                System.exit(2);
                return;
            }
            long id = message.get("id") instanceof Long number ? number : 0;
            if (message.containsKey("hello")) {
                write("{\"hello\":{\"protocol\":1,\"name\":\"java.net.http\",\"version\":%s,\"language\":\"Java\",\"claims\":%s}}"
                        .formatted(Json.quote(System.getProperty("java.version")), CLAIMS));
            } else if (message.get("client") instanceof Map<?, ?> settings) {
                try {
                    if (client instanceof AutoCloseable old) old.close(); // since Java 21
                    client = newClient((String) settings.get("roots_pem"), (String) settings.get("proxy"));
                    write("{\"id\":%d,\"ok\":{}}".formatted(id));
                } catch (Exception e) {
                    fail(id, e, null);
                }
            } else if (message.containsKey("send")) {
                try {
                    send(id, object(message.get("send")));
                } catch (Exception e) { // the engine accepts no such request
                    fail(id, e, null);
                }
            } else if (message.containsKey("cancel")) {
                running.getOrDefault(id, new CompletableFuture<>()).cancel(true);
            }
        }
        System.exit(0); // the threads of the client go on
    }

    static HttpClient newClient(String roots, String proxy) throws Exception {
        var builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY);
        if (roots != null) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var root : CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(roots.getBytes(US_ASCII))))
                store.setCertificateEntry("root " + store.size(), root);
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            builder.sslContext(context);
        }
        if (proxy != null) {
            var uri = URI.create(proxy);
            builder.proxy(ProxySelector.of(new InetSocketAddress(uri.getHost(), uri.getPort())));
            if (uri.getUserInfo() != null) {
                var user = uri.getUserInfo().split(":", 2);
                builder.authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return getRequestorType() == RequestorType.PROXY ? new PasswordAuthentication(user[0], user[1].toCharArray()) : null;
                    }
                });
            }
        }
        return builder.build();
    }

    static void send(long id, Map<String, Object> exchange) {
        var body = (String) exchange.get("body");
        var method = (String) exchange.get("method");
        var publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(Base64.getDecoder().decode(body));
        var request = HttpRequest.newBuilder(URI.create((String) exchange.get("url"))).method(method, publisher);
        for (var header : (List<?>) exchange.get("headers")) {
            var pair = (List<?>) header;
            request.header((String) pair.get(0), (String) pair.get(1));
        }

        var response = client.sendAsync(request.build(), BodyHandlers.ofByteArray());
        running.put(id, response);
        var late = new CompletableFuture<Void>();
        if (object(exchange.get("limits")).get("total_ms") instanceof Long total)
            CompletableFuture.delayedExecutor(total, TimeUnit.MILLISECONDS).execute(() -> {
                late.complete(null);
                response.cancel(true);
            });
        response.whenComplete((done, error) -> {
            running.remove(id);
            if (error == null) succeed(id, done);
            else if (late.isDone()) fail(id, error, "timeout");
            else fail(id, error, cause(error) instanceof CancellationException ? "cancelled" : null);
        });
    }

    static void succeed(long id, HttpResponse<byte[]> response) {
        var headers = new StringJoiner(",", "[", "]");
        response.headers().map().forEach((name, values) -> values.forEach(value ->
                headers.add("[" + Json.quote(name) + "," + Json.quote(value) + "]")));
        write("{\"id\":%d,\"response\":{\"status\":%d,\"headers\":%s,\"body\":\"%s\"}}"
                .formatted(id, response.statusCode(), headers, Base64.getEncoder().encodeToString(response.body())));
    }

    static void fail(long id, Throwable error, String kind) {
        write("{\"id\":%d,\"error\":{\"message\":%s,\"kind\":%s}}"
                .formatted(id, Json.quote(cause(error).toString()), kind == null ? "null" : Json.quote(kind)));
    }

    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    static synchronized void write(String line) {
        System.out.writeBytes((line + "\n").getBytes(UTF_8));
        System.out.flush();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        if (value instanceof Map<?, ?> map) return (Map<String, Object>) map;
        throw new IllegalArgumentException("an object is missing");
    }

    /** Reads JSON without fractions, which is all that the protocol has. */
    static class Json {
        final String text;
        int at = 0;

        Json(String text) {
            this.text = text;
        }

        Object value() {
            if (take('{')) {
                var map = new LinkedHashMap<String, Object>();
                while (!take('}')) {
                    var name = (String) value();
                    need(':');
                    map.put(name, value());
                    take(',');
                }
                return map;
            }
            if (take('[')) {
                var list = new ArrayList<>();
                while (!take(']')) {
                    list.add(value());
                    take(',');
                }
                return list;
            }
            if (take('"')) return string();
            int start = at;
            while (at < text.length() && ",]} ".indexOf(text.charAt(at)) < 0) at++;
            var word = text.substring(start, at);
            return switch (word) {
                case "null" -> null;
                case "true", "false" -> word.equals("true");
                default -> Long.valueOf(word);
            };
        }

        String string() {
            var out = new StringBuilder();
            while (true) {
                int end = at;
                while (text.charAt(end) != '"' && text.charAt(end) != '\\') end++;
                out.append(text, at, end);
                at = end + 1;
                if (text.charAt(end) == '"') return out.toString();
                char escape = text.charAt(at++);
                int known = "bfnrt".indexOf(escape);
                if (escape == 'u') {
                    out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                } else out.append(known < 0 ? escape : "\b\f\n\r\t".charAt(known));
            }
        }

        boolean take(char wanted) {
            while (at < text.length() && text.charAt(at) == ' ') at++;
            boolean found = at < text.length() && text.charAt(at) == wanted;
            if (found) at++;
            return found;
        }

        void need(char wanted) {
            if (!take(wanted)) throw new IllegalArgumentException("'" + wanted + "' is missing at " + at);
        }

        static String quote(String text) {
            var out = new StringBuilder("\"");
            for (char c : text.toCharArray())
                if (c == '"' || c == '\\') out.append('\\').append(c);
                else if (c < ' ') out.append("\\u%04x".formatted((int) c));
                else out.append(c);
            return out.append('"').toString();
        }
    }
}
