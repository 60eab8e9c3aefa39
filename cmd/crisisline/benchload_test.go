package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/crisisline/twilio"
)

const benchAccount = "AC00000000000000000000000000000000"

// caller numbers are of Ofcom's range for drama, a thousand of them.
func benchCaller(i int) string { return fmt.Sprintf("+447700900%03d", i%1000) }

func benchCall(i int) string { return fmt.Sprintf("CA%032x", i) }

// signed is one webhook as it goes over the wire.
func signed(path string, values url.Values) []byte {
	body := values.Encode()
	var f twilio.Form
	if err := f.Parse([]byte(body)); err != nil {
		panic(err)
	}
	signature := twilio.Sign(worldToken, publicURL+path, &f)
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: line.example.org\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"+
		"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nX-Twilio-Signature: %s\r\nI-Twilio-Idempotency-Token: %s\r\n"+
		"Content-Length: %d\r\n\r\n%s", path, signature, values.Get("CallSid"), len(body), body)
}

// about is a caller's webhook with the parameters Twilio sends.
func about(call, from, status string, more ...string) url.Values {
	v := url.Values{}
	for name, value := range map[string]string{
		"AccountSid": benchAccount, "ApiVersion": "2010-04-01", "CallSid": call, "CallStatus": status, "CallToken": strings.Repeat("%7B", 30),
		"Called": public, "CalledCity": "", "CalledCountry": "GB", "CalledState": "Portsmouth", "CalledZip": "",
		"Caller": from, "CallerCity": "", "CallerCountry": "GB", "CallerState": "", "CallerZip": "", "Direction": "inbound",
		"From": from, "FromCity": "", "FromCountry": "GB", "FromState": "", "FromZip": "", "StirVerstat": "TN-Validation-Passed-C",
		"To": public, "ToCity": "", "ToCountry": "GB", "ToState": "Portsmouth", "ToZip": "",
	} {
		v.Set(name, value)
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// wire is one connection kept open, and no more of HTTP than the server speaks.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

func dial(b *testing.B, addr string) *wire {
	b.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return &wire{conn: conn, in: bufio.NewReaderSize(conn, 8<<10)}
}

// ask sends one request and reads its answer, which is good until the next.
func (w *wire) ask(request []byte) ([]byte, error) {
	if _, err := w.conn.Write(request); err != nil {
		return nil, err
	}
	status, err := w.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	good := bytes.HasPrefix(status, []byte("HTTP/1.1 200 "))
	refused := ""
	if !good {
		refused = string(status)
	}
	length := -1
	for {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if len(line) <= 2 {
			break
		}
		if n, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(n))); err != nil {
				return nil, err
			}
		}
	}
	if length < 0 {
		return nil, errors.New("the answer does not say how long it is")
	}
	if cap(w.body) < length {
		w.body = make([]byte, length)
	}
	w.body = w.body[:length]
	if _, err := io.ReadFull(w.in, w.body); err != nil {
		return nil, err
	}
	if !good {
		return nil, fmt.Errorf("refused: %s", strings.TrimSpace(refused))
	}
	return w.body, nil
}

// hammer sends requests over several connections, each as soon as its last was
// answered, and gives how long each took.
func hammer(b *testing.B, conns []*wire, requests [][]byte) latencies {
	b.Helper()
	took := make(latencies, len(requests))
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	for _, w := range conns {
		wg.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(requests) {
					return
				}
				from := time.Now()
				if _, err := w.ask(requests[i]); err != nil {
					failed.Store(&err)
				}
				took[i] = time.Since(from)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	return took
}
