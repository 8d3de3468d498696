// A shim for the client of Go's net/http: requests on stdin, outcomes on stdout, one JSON object a line.
//
// The engine repeats GET, HEAD, OPTIONS and TRACE on a connection that was closed under it, and no setting
// changes that: no-retries is not claimed. Of the limits it keeps total_ms, which a context carries.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
)

type message struct {
	ID     int             `json:"id"`
	Hello  json.RawMessage `json:"hello"`
	Client *settings       `json:"client"`
	Send   *exchange       `json:"send"`
	Cancel json.RawMessage `json:"cancel"`
}

type settings struct {
	Roots string `json:"roots_pem"`
	Proxy string `json:"proxy"`
}

type exchange struct {
	Method  string      `json:"method"`
	URL     string      `json:"url"`
	Headers [][2]string `json:"headers"`
	Body    []byte      `json:"body"`
	Limits  struct {
		Total int64 `json:"total_ms"`
	} `json:"limits"`
}

type object map[string]any

var (
	out     = json.NewEncoder(os.Stdout)
	outLock sync.Mutex
)

func write(line object) {
	outLock.Lock()
	defer outLock.Unlock()
	if out.Encode(line) != nil {
		os.Exit(1) // nobody reads any more
	}
}

func newClient(s settings) (*http.Client, error) {
	transport := &http.Transport{
		DisableCompression: true,
		TLSClientConfig:    &tls.Config{},
		TLSNextProto:       map[string]func(string, *tls.Conn) http.RoundTripper{}, // HTTP/1.1 only
	}
	if s.Roots != "" {
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM([]byte(s.Roots)) {
			return nil, errors.New("roots_pem holds no certificate")
		}
		transport.TLSClientConfig.RootCAs = roots
	}
	if s.Proxy != "" {
		proxy, err := url.Parse(s.Proxy)
		if err != nil {
			return nil, err
		}
		transport.Proxy = http.ProxyURL(proxy)
	}
	noRedirects := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Transport: transport, CheckRedirect: noRedirects}, nil
}

func send(ctx context.Context, client *http.Client, id int, x *exchange) error {
	request, err := http.NewRequestWithContext(ctx, x.Method, x.URL, nil)
	if err != nil {
		return err
	}
	if len(x.Body) > 0 { // without GetBody, so that the engine cannot send it twice
		request.Body = io.NopCloser(strings.NewReader(string(x.Body)))
		request.ContentLength = int64(len(x.Body))
	}
	for _, header := range x.Headers {
		switch name, value := strings.ToLower(header[0]), latin1(header[1]); {
		case name == "host":
			request.Host = value
		case name == "connection" && strings.EqualFold(value, "close"):
			request.Close = true
		default:
			request.Header.Add(name, value)
		}
	}

	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	headers := [][2]string{}
	for name, values := range response.Header {
		for _, value := range values {
			headers = append(headers, [2]string{name, text(value)})
		}
	}
	write(object{"id": id, "head": object{"status": response.StatusCode, "headers": headers}})
	for piece := make([]byte, 64*1024); ; {
		n, err := response.Body.Read(piece)
		if n > 0 {
			write(object{"id": id, "chunk": piece[:n]})
		}
		if err == io.EOF {
			write(object{"id": id, "end": object{}})
			return nil
		} else if err != nil {
			return err
		}
	}
}

func failure(ctx context.Context, err error) object {
	switch ctx.Err() {
	case context.Canceled:
		return object{"message": err.Error(), "kind": "cancelled"}
	case context.DeadlineExceeded:
		return object{"message": err.Error(), "kind": "timeout"}
	}
	return object{"message": err.Error()}
}

// The bytes of a string of the protocol, in which each character stands for one byte; and back.
func latin1(s string) string {
	var bytes []byte
	for _, char := range s {
		bytes = append(bytes, byte(char))
	}
	return string(bytes)
}

func text(s string) string {
	var chars []rune
	for _, char := range []byte(s) {
		chars = append(chars, rune(char))
	}
	return string(chars)
}

func main() {
	client, _ := newClient(settings{})
	var running sync.Map // from the id of an exchange to what cancels it
	for in := json.NewDecoder(os.Stdin); ; {
		var m message
		if err := in.Decode(&m); err == io.EOF {
			return
		} else if err != nil {
			fmt.Fprintln(os.Stderr, "shim: not a line of the protocol:", err)
			os.Exit(2)
		}
		switch {
		case m.Hello != nil:
			claims := []string{"keep-alive", "tls", "proxy", "cancellation", "streaming", "concurrent"}
			write(object{"hello": object{"protocol": 1, "name": "net/http", "language": "Go",
				"version": strings.TrimPrefix(runtime.Version(), "go"), "claims": claims}})
		case m.Client != nil:
			fresh, err := newClient(*m.Client)
			if err != nil {
				write(object{"id": m.ID, "error": object{"message": err.Error()}})
				continue
			}
			client.CloseIdleConnections()
			client = fresh
			write(object{"id": m.ID, "ok": object{}})
		case m.Send != nil:
			total := time.Hour
			if ms := m.Send.Limits.Total; ms > 0 {
				total = time.Duration(ms) * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(context.Background(), total)
			running.Store(m.ID, cancel)
			go func(client *http.Client) {
				if err := send(ctx, client, m.ID, m.Send); err != nil {
					write(object{"id": m.ID, "error": failure(ctx, err)})
				}
				running.Delete(m.ID)
				cancel()
			}(client)
		case m.Cancel != nil:
			if cancel, ok := running.Load(m.ID); ok {
				cancel.(context.CancelFunc)()
			}
		}
	}
}
